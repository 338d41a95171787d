# Writes the tones on which the run of version 0.5 was made: a RAVDESS of 12 actors, 8 clips each. No recordings.
import math, os, struct, sys, wave
for actor in [1, 11, 4, 10, 8, 9, 3, 5, 2, 15, 6, 13]:
    folder = f"{sys.argv[1]}/Actor_{actor:02d}"
    os.makedirs(folder)
    for emotion in range(1, 9):
        with wave.open(f"{folder}/03-01-{emotion:02d}-01-01-01-{actor:02d}.wav", "wb") as file:
            file.setparams((1, 2, 16000, 0, "NONE", ""))
            f = 100 + 20 * emotion + actor
            file.writeframes(b"".join(struct.pack("<h", round(32767 * (
                0.3 * math.sin(2 * math.pi * f * t) + 0.05 * math.sin(9e3 * t * t))))
                for t in (i / 16000 for i in range(4800))))
