/// The part of a path before its last component: `a` of `a/b`, `/` of `/a`, and nothing of `a`.
///
/// Slashes at the end and doubled ones do not count. `NSString.deletingLastPathComponent` must not
/// be used: it ends the process for a relative path of one character, in Foundation of Swift 6.3.
package func parentFolder(of path: String) -> String {
  let slash = UInt8(ascii: "/")
  var rest = path.utf8[...]
  while rest.last == slash, rest.count > 1 { rest = rest.dropLast() }
  guard let last = rest.lastIndex(of: slash) else { return "" }
  rest = rest[...last]
  while rest.last == slash, rest.count > 1 { rest = rest.dropLast() }
  return String(decoding: rest, as: UTF8.self)
}
