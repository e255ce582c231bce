;; Has values that the host would have to collect, outside of its memory.
;; refused: not a component: ... gc types are disabled
(component
  (core module
    (type $list (struct (field (ref null $list))))
    (func (export "cons") (result (ref $list)) (struct.new_default $list))))
