"""Sweeps: many solves over a grid or a sample of numbers, and what decides cost, dates and sites.

``study`` is the file, ``design`` its points, ``store`` the finished runs, ``work`` one run, ``run`` the whole;
``tables``, ``indices``, ``rules`` and ``regret`` are what it answers.
"""
