"""What tests of several rooms share: where the checkout is, and which kinds of letter it ships."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
# In the order of the story, and of the library.
KINDS = (
    "denial",
    "repeat-denial",
    "routing-memo",
    "contact-notice",
    "policy-statement",
    "request-for-justification",
    "conditional-approval",
    "subpoena-response",
)
# Every kind that is shipped: those of the story, and letters that answer no records request.
SHIPPED = (
    *KINDS,
    "own-records",
    "acknowledgment",
    "release-needed",
    "own-record-release",
    "public-records-release",
    "extension-notice",
    "closing",
)
