;; Calls the host when the host asks it for memory.
;; fails: trapped ... cannot leave component instance
(func (export "cabi_realloc") (param i32 i32 i32) (param $len i32) (result i32)
  (if (i32.gt_u (local.get $len) (i32.const 64))
    (then (call $log (i32.const 0) (i32.const 512) (i32.const 4))))
  (i32.const 0x100000))
