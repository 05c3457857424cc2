"""Publishing: what leaves the restricted warehouse, and how it is put in place in one step.

``publish`` is the way in. What belongs here: choosing the marts that may leave, copying them,
recording what changed, drawing the site, switching. What does not: working figures out or
withholding small numbers, which the dbt models have done before anything arrives here.
"""

from orchestration.publishing.publish import Publication, publish
from orchestration.publishing.shareable import PublishingError, published_marts

__all__ = ["Publication", "PublishingError", "publish", "published_marts"]
