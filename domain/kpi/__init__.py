"""Key performance indicators: what they are, how they are judged, and when a change is more than noise."""
