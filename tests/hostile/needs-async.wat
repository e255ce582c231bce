;; Waits for things, as asynchronous components do.
;; refused: not a component: ... async
(component
  (core func (canon waitable-set.new)))
