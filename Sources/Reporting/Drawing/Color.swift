// Colours, and the palette of all figures. Colour is never the only carrier of a meaning: shape,
// position or a printed number repeats it.
import Foundation

/// A colour in sRGB, components 0 … 1.
package struct Color: Sendable, Equatable {
  package var red: Double
  package var green: Double
  package var blue: Double
  package var opacity: Double

  package init(_ red: Double, _ green: Double, _ blue: Double, opacity: Double = 1) {
    self.red = red
    self.green = green
    self.blue = blue
    self.opacity = opacity
  }

  /// The colour written 0xRRGGBB.
  package init(hex: UInt32) {
    func part(_ shift: UInt32) -> Double { Double((hex >> shift) & 0xff) / 255 }
    self.init(part(16), part(8), part(0))
  }

  static let ink = Color(hex: 0x1a1a1a)
  static let quiet = Color(hex: 0x5c5c5c)
  static let rule = Color(hex: 0xb8b8b8)
  static let grid = Color(hex: 0xe4e4e4)
  static let tint = Color(hex: 0xf3f5f7)
  static let paper = Color(hex: 0xffffff)
  static let accent = Color(hex: 0x0b4f7d)
  static let alarm = Color(hex: 0xa8320a)

  /// Okabe & Ito's colours (2008), which colour-blind readers can distinguish. A dark grey replaces
  /// yellow, which is too light on paper.
  package static let categories = [
    Color(hex: 0x0072b2), Color(hex: 0xd55e00), Color(hex: 0x009e73), Color(hex: 0xcc79a7),
    Color(hex: 0xe69f00), Color(hex: 0x56b4e9), Color(hex: 0x000000), Color(hex: 0x8c8c8c),
  ]

  /// Returns the colour of a share on a one-hue scale: white at 0, dark blue at 1.
  package static func sequential(_ share: Double) -> Color {
    let stops = [
      Color(hex: 0xffffff), Color(hex: 0xcfe1f0), Color(hex: 0x78acd2), Color(hex: 0x1f66a0),
      Color(hex: 0x082f5c),
    ]
    let place = min(1, max(0, share)) * Double(stops.count - 1)
    let index = min(stops.count - 2, Int(place))
    return stops[index].mixed(with: stops[index + 1], place - Double(index))
  }

  /// Returns the colour of a signed share, −1 … 1: blue below zero, white at zero, orange
  /// above. Colour-blind readers can distinguish blue and orange, and the cell also prints the
  /// number.
  package static func diverging(_ share: Double) -> Color {
    let far = share < 0 ? Color(hex: 0x2166ac) : Color(hex: 0xc2570c)
    return Color.paper.mixed(with: far, min(1, abs(share)))
  }

  /// Returns this colour mixed with a share of another.
  func mixed(with other: Color, _ share: Double) -> Color {
    Color(
      red + (other.red - red) * share, green + (other.green - green) * share,
      blue + (other.blue - blue) * share, opacity: opacity)
  }

  /// Returns this colour, partly transparent.
  func faded(_ opacity: Double) -> Color { Color(red, green, blue, opacity: opacity) }

  /// Black or white, whichever reads better on this colour. The contrast is at least 4.58, because
  /// the product of both contrasts is always 21.
  package var readableInk: Color {
    let black = Color(0, 0, 0)
    return contrast(with: .paper) >= contrast(with: black) ? .paper : black
  }

  /// The contrast ratio of WCAG 2.1, 1 … 21.
  package func contrast(with other: Color) -> Double {
    let bright = max(luminance, other.luminance)
    let dark = min(luminance, other.luminance)
    return (bright + 0.05) / (dark + 0.05)
  }

  /// The relative luminance of WCAG 2.1.
  private var luminance: Double {
    func linear(_ value: Double) -> Double {
      value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }
}
