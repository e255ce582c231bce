;; Answers with an address behind the end of its memory when the host asks it for memory.
;; fails: trapped ... realloc return: beyond end of memory
(func (export "cabi_realloc") (param i32 i32 i32) (param $len i32) (result i32)
  (select (i32.shl (memory.size) (i32.const 16)) (i32.const 0x100000) (i32.gt_u (local.get $len) (i32.const 64))))
