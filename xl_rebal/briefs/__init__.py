"""One-page Word briefs from facts: context, rendering, and how they are filed."""
