"""The measures of the groups, one file per subject; each starts its scenes as processes of their own."""
