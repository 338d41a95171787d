// Kind: unit. A part of a sound file is decoded exactly, whatever the format.
import Audio
import Files
import Foundation
import TestSupport
import Testing

@Suite struct `A part of a sound file` {
  @Test func `is read from its path`() {
    let range = SoundRange("a/b.wav#t=1.5,2")
    #expect(range?.file == "a/b.wav" && range?.start == 1.5 && range?.end == 2)
    #expect(soundFile(of: "a/b.wav#t=1.5,2") == "a/b.wav")
    for whole in ["a.wav", "a.wav#t=2,1", "a.wav#t=1,1", "a.wav#t=nan,1", "a.wav#t=0,inf", "a#t="] {
      #expect(SoundRange(whole) == nil)
      #expect(soundFile(of: whole) == whole)
    }
  }
}
