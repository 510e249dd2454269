"""The weekly review as files: one HTML page, a PDF, and CSVs of everything behind it. Pure; imports no Streamlit."""
