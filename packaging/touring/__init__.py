"""The tour: the real window driven through an artist's first hour, a picture of each step."""
