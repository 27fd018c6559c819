"""The operation log: every act that matters for stock or security, chained, sealed, witnessed and verifiable."""
