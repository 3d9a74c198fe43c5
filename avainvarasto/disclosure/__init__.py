"""What may be shown: the controller's thresholds and the rules that hide cells.

In this state of the project the primary rule stands alone; therefore nothing confidential can be released.
"""
