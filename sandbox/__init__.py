"""A seeded fictional company, served as the vendors' own HTTP APIs.

The demo and the end-to-end tests run the real collectors and the real Slack client against it. Nothing here
knows Burnline: what the sandbox answers follows the vendors, not the product.
"""
