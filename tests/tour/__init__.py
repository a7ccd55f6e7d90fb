"""One walk through the whole product over real HTTP, with real workers, printed step by step."""
