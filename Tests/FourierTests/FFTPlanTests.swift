import Foundation
import Fourier
import TestSupport
import Testing

/// Kinds: oracle, by hand.
@Suite struct `A real Fourier transform` {
  @Test(arguments: [4, 8, 30, 64, 400, 512, 1024]) func `equals its definition`(length: Int) {
    let signal = rumble(length)
    let expected = naiveSpectrum(of: signal)
    let found = FFTPlan(length: length).spectrum(of: signal)
    expectClose(found.real, expected.real, relative: 1e-5, absolute: 2e-5)
    expectClose(found.imaginary, expected.imaginary, relative: 1e-5, absolute: 2e-5)
    // Negative control: the reversed signal has another spectrum.
    let reversed = FFTPlan(length: length).spectrum(of: signal.reversed())
    #expect(zip(reversed.imaginary, expected.imaginary).contains { abs($0 - $1) > 1e-3 })
  }

  @Test func `is executed by many threads at once`() async {
    let plan = FFTPlan(length: 512)
    let signal = rumble(512)
    let expected = plan.spectrum(of: signal).real
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<16 {
        group.addTask { (0..<50).allSatisfy { _ in plan.spectrum(of: signal).real == expected } }
      }
      for await same in group { #expect(same) }
    }
  }
}
