;; Answers with the last byte that there can be when the host asks it for memory.
;; fails: trapped ... realloc return: beyond end of memory
(func (export "cabi_realloc") (param i32 i32 i32) (param $len i32) (result i32)
  ;; The address and the length together are more than thirty-two bits.
  (select (i32.const -1) (i32.const 0x100000) (i32.gt_u (local.get $len) (i32.const 64))))
