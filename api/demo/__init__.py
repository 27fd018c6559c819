"""The demo chain: what `trueshelf run` shows to somebody who has no chain of their own yet."""
