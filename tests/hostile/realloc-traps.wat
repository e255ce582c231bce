;; Traps when the host asks it for memory for a batch.
;; fails: trapped ... wasm `unreachable` instruction executed
(func (export "cabi_realloc") (param i32 i32 i32) (param $len i32) (result i32)
  ;; The configuration is shorter than any batch.
  (if (i32.gt_u (local.get $len) (i32.const 64)) (then unreachable))
  (i32.const 0x100000))
