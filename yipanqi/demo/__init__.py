"""The generated demo city: pure data and pure functions of a seed number.

Nothing here touches Django, a database, the clock or the network. The place names of towns and streets are
public reference data (`data/jinan_streets_2023.csv`); communities, people, messages and the conference are
made up by this package, and every page that shows them says 示例数据. Start at `yipanqi.demo.city.city`.
"""
