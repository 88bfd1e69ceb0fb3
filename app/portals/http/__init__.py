"""What every door needs: the guard, the body reader, answers, errors, headers, limits and the API's description.

What does not belong here: any one portal's routes.
"""
