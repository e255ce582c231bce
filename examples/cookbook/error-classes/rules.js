// The rules that hold without configuration, in the form in which a policy file has them. The first that fits counts, so what is told by a code
// comes first, then what an exception's type tells, then its message, and last the codes that only say whose fault it is.

// Codes of db.response.status_code are SQLSTATE: its first two characters are the class.
export const USUAL_RULES = [
  { class: "canceled", http: ["499"], expected: true },
  { class: "canceled", grpc: ["CANCELLED"], expected: true },
  { class: "timeout", http: ["408", "504"] },
  { class: "timeout", grpc: ["DEADLINE_EXCEEDED"] },
  { class: "timeout", db: ["57014", "HYT"] },
  { class: "rate-limited", http: ["429"] },
  { class: "rate-limited", grpc: ["RESOURCE_EXHAUSTED"] },
  { class: "auth", http: ["401", "403", "407", "511"] },
  { class: "auth", grpc: ["UNAUTHENTICATED", "PERMISSION_DENIED"] },
  { class: "auth", db: ["28", "42501"] },
  // Asking whether something is there is a use of GET; changing what is not there is a mistake.
  { class: "not-found", http: ["404", "410"], method: ["GET", "HEAD"], expected: true },
  { class: "not-found", http: ["404", "410"] },
  { class: "not-found", grpc: ["NOT_FOUND"] },
  { class: "dependency", http: ["502", "503"] },
  { class: "dependency", grpc: ["UNAVAILABLE"] },
  { class: "dependency", db: ["08", "53", "57P", "58"] },
  { class: "client", grpc: ["INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE", "ALREADY_EXISTS"] },
  { class: "client", db: ["22", "23"] },
  { class: "bug", db: ["42"] },

  { class: "canceled", type: "cancel|AbortError", expected: true },
  { class: "timeout", type: "time-?d?_?out|deadline|ETIMEDOUT" },
  { class: "auth", type: "unauthori[sz]ed|forbidden|AccessDenied|PermissionError" },
  { class: "not-found", type: "NotFound|NoSuch" },
  { class: "dependency", type: "connect|socket|network|ECONN|ENOTFOUND|EPIPE|Unavailable|UnknownHost" },
  { class: "bug", type: "TypeError|ReferenceError|RangeError|KeyError|AttributeError|IndexError|IndexOutOfBounds" },
  { class: "bug", type: "NullPointer|NullReference|ClassCast|IllegalState|Assert|panic" },

  { class: "timeout", message: "timed? ?out|deadline exceeded" },
  { class: "rate-limited", message: "rate limit|too many requests|quota exceeded|throttl" },
  { class: "auth", message: "permission denied|access denied|unauthori[sz]ed" },
  { class: "dependency", message: "connection (refused|reset|closed)|no such host|broken pipe|could not resolve" },
  { class: "bug", message: "panicked at|nil pointer|null pointer|undefined is not|index out of (range|bounds)" },

  // Conventions leave a server's 4xx without error; where an instrumentation does not, it is still the caller's mistake.
  { class: "client", http: ["4xx"], kind: ["server"], expected: true },
  { class: "client", http: ["4xx"] },
  { class: "dependency", http: ["5xx"], kind: ["client"] },
  { class: "bug", http: ["5xx"] },
  { class: "bug", grpc: ["INTERNAL", "UNIMPLEMENTED", "DATA_LOSS"] },
];
