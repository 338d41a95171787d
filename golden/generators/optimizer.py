"""TODO"""
FIXTURES = []
