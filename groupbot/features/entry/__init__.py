"""Coming in and going: greetings, and the captcha that keeps machines out."""
