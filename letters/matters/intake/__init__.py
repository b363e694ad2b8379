"""Reading what arrives: a mail, a PDF or a Word file becomes proposals for answers, each with where it came from.

In: the bytes of a file. Out: an `Arrived`: proposals, the request's own words, attachments, and notes on what is odd.
Nothing here is an answer; counsel accepts each proposal or types another. Never proposed: the kind of requester, the
access, the nature of the matter, compulsory process, and law. Nothing is fetched, decrypted, or run.

- `request_reader`: the one door, which goes by what is in a file
- `arrived`: what is found
- `mail`: a mail in its standard form (.eml)
- `outlook`: a mail that Outlook saved (.msg)
- `headers`: the sender, the day it reached the office, the subject
- `bodies`: the words of a mail: text and HTML parts, encodings, signatures, quoted mails, forwarded ones
- `documents`: PDFs and Word files, as text to read beside the questions
- `clean_text`: characters that have no business in a letter
- `filing`: reading a request for one office, and filing it in the register
"""
