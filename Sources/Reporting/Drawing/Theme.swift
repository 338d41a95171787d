// Light paper or a dark screen. Figures are laid out and coloured for paper; a theme converts every
// colour while drawing.
import Foundation

/// The medium of a report.
package enum Theme: String, Sendable, CaseIterable {
  /// Dark on white.
  case print
  /// Light on dark: each colour keeps its hue and inverts its lightness.
  case screen

  /// Returns the colour as it is drawn.
  ///
  ///     L' = 1.12 - 0.95 L   within 0.17 … 0.97, in OKLab; a and b unchanged
  ///
  /// White paper becomes a dark grey, and contrast to the paper is kept. Light colours of full hue,
  /// such as class colours, would become too dark: from a chroma of 0.12 on, L' is at least 0.6.
  ///
  /// Source: OKLab, Ottosson 2020.
  package func shown(_ color: Color) -> Color {
    guard self == .screen else { return color }
    let (l, a, b) = color.oklab
    let turned = min(0.97, max(0.17, 1.12 - 0.95 * l))
    let hue = min(1, max(0, (a * a + b * b).squareRoot() / 0.06 - 1))
    return Color(
      oklab: (turned + hue * max(0, 0.6 - turned), a, b), opacity: color.opacity)
  }
}

extension Color {
  /// Lightness 0 … 1, green to red, blue to yellow.
  fileprivate var oklab: (Double, Double, Double) {
    func linear(_ v: Double) -> Double {
      v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
    }
    let (r, g, b) = (linear(red), linear(green), linear(blue))
    let l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    let m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    let s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
      0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
    )
  }

  fileprivate init(oklab: (Double, Double, Double), opacity: Double) {
    let (lightness, a, b) = oklab
    func cube(_ v: Double) -> Double { v * v * v }
    let l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
    let m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
    let s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
    func encoded(_ v: Double) -> Double {
      let v = min(1, max(0, v))
      return v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055
    }
    self.init(
      encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
      encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
      encoded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s), opacity: opacity)
  }
}
