# Customers as a tree.

tree-table = Table
tree-tree = Tree
tree-ways = Table or tree
tree-customers = { $n ->
    [one] { $n } customer
   *[other] { $n } customers
}
tree-people = { $n ->
    [one] { $n } person
   *[other] { $n } people
}
tree-open = Show what is below { $name }
tree-more = Show more
tree-whole = All that is directly below { $name }
tree-all = All at the top
tree-tops = Only the first { $n } are shown here; the table has all
tree-as-table = Customers of { $name } as a table
tree-none = Nothing is below here yet. A customer that is ordered will show up here.
