"""HTTP: Starlette routes, pages and problem documents."""
