# Customers as a tree.

tree-table = Tabel
tree-tree = Træ
tree-ways = Tabel eller træ
tree-customers = { $n ->
    [one] { $n } kunde
   *[other] { $n } kunder
}
tree-people = { $n ->
    [one] { $n } person
   *[other] { $n } personer
}
tree-open = Vis, hvad der ligger under { $name }
tree-more = Vis flere
tree-whole = Alt, hvad der ligger direkte under { $name }
tree-all = Alle øverst
tree-tops = Her vises kun de første { $n }; tabellen har alle
tree-as-table = Kunder hos { $name } som tabel
tree-none = Her ligger intet under endnu. En kunde, der bestilles, vises her.
