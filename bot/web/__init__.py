"""The web server: aiohttp, no external resources, a strict content policy.

server    the application, its headers and errors; where it listens
health    /healthz, /readyz, /metrics
passwords scrypt, and tokens
guard     who is asking: seats or sessions; CSRF; how fast
login     log in by password or one-time link, log out
chat      the web chat's pages and its API
downloads files that came with messages, for those who may have them
static/   plain HTML, CSS and JavaScript
"""
