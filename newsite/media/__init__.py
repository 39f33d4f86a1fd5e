"""Pictures and files: checking, stripping, storing, and the sizes that readers get."""
