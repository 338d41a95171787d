// Chromium without a window, moved by real mouse and key events.
import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A browser with one page. It is driven by the DevTools protocol: JSON messages, each followed by
/// a zero byte, through two pipes.
final class Browser {
  struct Failure: Error, CustomStringConvertible { let description: String }

  /// Errors that the page caused, as Chromium reports them.
  private(set) var problems: [String] = []
  private let process = Process()
  private let toBrowser: Int32
  private let fromBrowser: Int32
  private var buffer = Data()
  private var number = 0
  private var session: String?

  /// - Parameter folder: an empty place for pipes and profile.
  init(_ program: SystemProgram, in folder: String) throws {
    let (to, from) = (folder + "/to-browser", folder + "/from-browser")
    guard mkfifo(to, 0o600) == 0, mkfifo(from, 0o600) == 0 else {
      throw Failure(description: "no pipes in \(folder)")
    }
    // Opening a pipe for both directions never waits for the other side.
    (toBrowser, fromBrowser) = (systemOpen(to), systemOpen(from))
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "exec \"$@\" 3<to-browser 4>from-browser", "sh", program.path, "--headless=new",
      "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio",
      "--remote-debugging-pipe", "--user-data-dir=\(folder)/profile", "about:blank",
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let targets = try send("Target.getTargets")["targetInfos"] as? [[String: Any]] ?? []
    guard let page = targets.first(where: { $0["type"] as? String == "page" }) else {
      throw Failure(description: "Chromium opened no page: \(targets)")
    }
    let attached = try send(
      "Target.attachToTarget", ["targetId": page["targetId"] ?? "", "flatten": true])
    session = attached["sessionId"] as? String
    for domain in ["Page", "Runtime", "Log", "DOM"] { try send(domain + ".enable") }
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
    close(toBrowser)
    close(fromBrowser)
  }

  /// Sends a command and returns its answer.
  @discardableResult
  func send(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
    number += 1
    var message: [String: Any] = ["id": number, "method": method, "params": parameters]
    if let session { message["sessionId"] = session }
    try write(JSONSerialization.data(withJSONObject: message) + [0])
    while true {
      let answer = try nextMessage()
      guard answer["id"] as? Int == number else {
        note(answer)
        continue
      }
      if let error = answer["error"] { throw Failure(description: "\(method): \(error)") }
      return answer["result"] as? [String: Any] ?? [:]
    }
  }

  private func note(_ event: [String: Any]) {
    let parameters = event["params"] as? [String: Any] ?? [:]
    switch event["method"] as? String {
    case "Runtime.exceptionThrown": problems.append("\(parameters)")
    case "Log.entryAdded":
      let entry = parameters["entry"] as? [String: Any] ?? [:]
      if ["error", "warning"].contains(entry["level"] as? String) { problems.append("\(entry)") }
    case "Runtime.consoleAPICalled":
      if ["error", "warning", "assert"].contains(parameters["type"] as? String) {
        problems.append("\(parameters)")
      }
    default: break
    }
  }

  private func write(_ bytes: Data) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemWrite(toBrowser, $0.baseAddress, $0.count) }
      guard count > 0 else { throw Failure(description: "Chromium's pipe is closed") }
      rest = rest.dropFirst(count)
    }
  }

  private func nextMessage() throws -> [String: Any] {
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      if let end = buffer.firstIndex(of: 0) {
        let message = buffer[buffer.startIndex..<end]
        buffer = Data(buffer[(end + 1)...])
        return try JSONSerialization.jsonObject(with: message) as? [String: Any] ?? [:]
      }
      var waiting = pollfd(fd: fromBrowser, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 60_000) == 1 else {
        throw Failure(description: "Chromium has been silent for a minute")
      }
      let count = read(fromBrowser, &piece, piece.count)
      guard count > 0 else { throw Failure(description: "Chromium's pipe is closed") }
      buffer.append(contentsOf: piece.prefix(count))
    }
  }
}

extension Browser {
  /// Opens a file of this width and setting and waits until it is complete.
  func open(_ path: String, width: Int = 1280, isDark: Bool = false, hasScripts: Bool = true)
    throws
  {
    try send(
      "Emulation.setDeviceMetricsOverride",
      ["width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false])
    try send(
      "Emulation.setEmulatedMedia",
      ["features": [["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]]])
    try send("Emulation.setScriptExecutionDisabled", ["value": !hasScripts])
    try send("Page.navigate", ["url": URL(fileURLWithPath: path).absoluteString])
    try wait("document.readyState === 'complete' && location.pathname.endsWith('.html')")
  }

  /// The value of a JavaScript expression, in JSON.
  @discardableResult
  func value(_ expression: String) throws -> Any? {
    let answer = try send(
      "Runtime.evaluate", ["expression": expression, "returnByValue": true, "awaitPromise": true])
    if let exception = answer["exceptionDetails"] {
      throw Failure(description: "\(expression): \(exception)")
    }
    return (answer["result"] as? [String: Any])?["value"]
  }

  func text(_ expression: String) throws -> String { try value(expression) as? String ?? "" }
  func number(_ expression: String) throws -> Double {
    (try value(expression) as? NSNumber)?.doubleValue ?? .nan
  }
  func texts(_ expression: String) throws -> [String] {
    try value(expression) as? [String] ?? []
  }

  /// Waits until an expression is true, at most half a minute.
  func wait(_ expression: String) throws {
    for _ in 0..<300 {
      if try value("Boolean(\(expression))") as? Bool == true { return }
      usleep(100_000)
    }
    throw Failure(description: "never true: \(expression)")
  }

  /// The centre of an element in the window, after scrolling to it.
  private func centre(_ element: String) throws -> (x: Double, y: Double) {
    let place =
      try value(
        """
        (() => { const e = \(element); e.scrollIntoView({ block: "center", inline: "center" });
          const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()
        """) as? [NSNumber] ?? []
    guard place.count == 2 else { throw Failure(description: "not there: \(element)") }
    return (place[0].doubleValue, place[1].doubleValue)
  }

  private func mouse(_ type: String, _ place: (x: Double, y: Double), clicks: Int = 0) throws {
    try send(
      "Input.dispatchMouseEvent",
      [
        "type": type, "x": place.x, "y": place.y, "clickCount": clicks,
        "button": clicks == 0 ? "none" : "left",
      ])
  }

  /// Moves the mouse over an element.
  func point(at element: String) throws { try mouse("mouseMoved", centre(element)) }

  /// Moves the mouse to the window's corner.
  func pointAway() throws { try mouse("mouseMoved", (1, 1)) }

  /// Clicks on an element.
  func click(_ element: String) throws {
    let place = try centre(element)
    try mouse("mouseMoved", place)
    try mouse("mousePressed", place, clicks: 1)
    try mouse("mouseReleased", place, clicks: 1)
  }

  /// Presses and releases a key, such as `Tab`.
  func press(_ key: String) throws {
    let codes = [
      "Tab": 9, "Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
      "ArrowDown": 40,
    ]
    var event: [String: Any] = ["key": key, "code": key, "windowsVirtualKeyCode": codes[key] ?? 0]
    if key == "Enter" { event["text"] = "\r" }
    event["type"] = key == "Enter" ? "keyDown" : "rawKeyDown"
    try send("Input.dispatchKeyEvent", event)
    event["type"] = "keyUp"
    try send("Input.dispatchKeyEvent", event)
  }

  /// Types into the focused field.
  func type(_ text: String) throws { try send("Input.insertText", ["text": text]) }
}

/// The system's functions, which the class's own methods hide.
private func systemOpen(_ path: String) -> Int32 { open(path, O_RDWR) }
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(file, bytes, count)
}
