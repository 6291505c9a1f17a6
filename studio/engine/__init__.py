"""Makes pictures with torch and diffusers, headless, in a process of its own (`worker`). Nobody imports this package."""
