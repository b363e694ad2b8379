"""Letters: response letters from vetted Word templates, in Word and in PDF."""

__version__ = "0.1.0"
