package spansieve

// FailureText is what is logged of a panic.
var FailureText = failureText
