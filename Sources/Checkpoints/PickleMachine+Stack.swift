// The pickle machine's bytes, stack and containers. Every step is checked.

extension PickleMachine {
  func malformed(_ problem: String) -> CheckpointError { bytes.malformed("data.pkl: " + problem) }

  /// Reads the next little-endian number.
  mutating func next<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Int {
    let number = try bytes.number(type, place)
    place += MemoryLayout<Number>.size
    return number
  }

  /// Skips a floating-point number.
  mutating func skip(_ length: Int) throws -> PickleValue {
    _ = try bytes.slice(place..<place + length)
    place += length
    return .float
  }

  /// Reads a text of this many bytes.
  mutating func text(length: Int) throws -> String {
    let text = try bytes.text(place..<place + length)
    place += length
    return text
  }

  /// Reads a text up to the end of the line, such as the name of a global.
  mutating func line() throws -> String {
    let longest = 256
    let start = place
    while try next(UInt8.self) != 0x0A {
      guard place - start <= longest else {
        throw malformed("a name longer than \(longest) bytes")
      }
    }
    return try bytes.text(start..<place - 1)
  }

  mutating func push(_ value: PickleValue) throws {
    guard values.count < Self.limits.values else {
      throw malformed("more than \(Self.limits.values) objects")
    }
    values.append(value)
    try push(number: values.count - 1)
  }

  private mutating func push(number: Int) throws {
    guard stack.count < Self.limits.stack else {
      throw malformed("more than \(Self.limits.stack) values on the stack")
    }
    stack.append(number)
  }

  /// Pops the last values, in the order in which they were pushed.
  mutating func pop(_ count: Int) throws -> [Int] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw malformed("takes a value from an empty stack, at byte \(place - 1)")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  /// Pops all values above the last mark, and the mark itself.
  mutating func popToMark() throws -> [Int] {
    guard let mark = marks.popLast() else {
      throw malformed("takes a mark that does not exist, at byte \(place - 1)")
    }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  /// The number of the topmost value.
  func top() throws -> Int {
    guard stack.count > marks.last ?? 0, let last = stack.last else {
      throw malformed("reads a value from an empty stack, at byte \(place - 1)")
    }
    return last
  }

  /// Pushes a memoised value.
  mutating func recall(_ key: Int) throws {
    guard let number = memo[key] else { throw malformed("value \(key) was never stored") }
    try push(number: number)
  }

  /// Appends to the list on top of the stack.
  mutating func extend(with elements: [Int]) throws {
    let list = try top()
    guard case .list(var all) = values[list] else {
      throw malformed("elements for \(values[list].kind), expected a list")
    }
    // With its old owner gone, the array grows in place.
    values[list] = .none
    all += elements
    values[list] = .list(all)
  }

  /// Adds keys and values to the dictionary on top of the stack.
  mutating func fill(with pairs: [Int]) throws {
    let dictionary = try top()
    guard case .dictionary(var all) = values[dictionary], pairs.count % 2 == 0 else {
      throw malformed("\(pairs.count) keys and values for \(values[dictionary].kind)")
    }
    values[dictionary] = .none
    all += pairs
    values[dictionary] = .dictionary(all)
  }
}
