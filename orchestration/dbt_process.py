"""dbt's own command line, in a process that does not look for cycles in its garbage.

What belongs here: how Python runs dbt. What does not: what dbt is told, which is ``dbt.py``.
"""

import atexit
import gc


def main() -> None:
    """Run dbt with the arguments of this process, and end the process with dbt's exit code.

    dbt keeps every model, macro and test it has read as Python objects until it ends; looking
    through them for garbage again and again took a sixth of its time and found next to none.
    """
    gc.disable()
    # Python looks a last time when it ends, whatever was said.
    atexit.register(gc.freeze)
    from dbt.cli.main import cli

    cli()
