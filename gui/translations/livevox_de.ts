<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1">
 <context>
  <name>ActivityCurve</name>
  <message>
   <source>Singing activity</source>
   <translation>Gesangsaktivität</translation>
  </message>
  <message>
   <source>Probability of singing, 0 to 100 %, in the last 10 s; drag the dashed line to move the threshold</source>
   <translation>Wahrscheinlichkeit von Gesang, 0 bis 100 %, in den letzten 10 s; die gestrichelte Linie ziehen, um die Schwelle zu verschieben</translation>
  </message>
  <message>
   <source>threshold {:.0f} %</source>
   <translation>Schwelle {:.0f} %</translation>
  </message>
 </context>
 <context>
  <name>Budget</name>
  <message>
   <source>Format</source>
   <translation>Format</translation>
  </message>
  <message>
   <source>Time per block</source>
   <translation>Zeit je Block</translation>
  </message>
  <message>
   <source>Clock drift</source>
   <translation>Taktabweichung</translation>
  </message>
  <message>
   <source>Memory of the engine</source>
   <translation>Speicher der Engine</translation>
  </message>
  <message>
   <source>Blocks left out</source>
   <translation>Ausgelassene Blöcke</translation>
  </message>
  <message>
   <source>Gaps in the sound</source>
   <translation>Lücken im Ton</translation>
  </message>
  <message>
   <source>{} Hz, {} samples</source>
   <translation>{} Hz, {} Samples</translation>
  </message>
  <message>
   <source>{:.1f} of {:.1f} ms</source>
   <translation>{:.1f} von {:.1f} ms</translation>
  </message>
  <message>
   <source>{:+.0f} ppm</source>
   <translation>{:+.0f} ppm</translation>
  </message>
  <message>
   <source>{:.0f} MB</source>
   <translation>{:.0f} MB</translation>
  </message>
  <message>
   <source>{} ({:.1f} s)</source>
   <translation>{} ({:.1f} s)</translation>
  </message>
 </context>
 <context>
  <name>BudgetBar</name>
  <message>
   <source>Latency by stage</source>
   <translation>Latenz nach Stufen</translation>
  </message>
  <message>
   <source>input device</source>
   <translation>Eingabegerät</translation>
  </message>
  <message>
   <source>key</source>
   <translation>Tonart</translation>
  </message>
  <message>
   <source>resampling</source>
   <translation>Umrechnung</translation>
  </message>
  <message>
   <source>network</source>
   <translation>Netz</translation>
  </message>
  <message>
   <source>buffers</source>
   <translation>Puffer</translation>
  </message>
  <message>
   <source>output device</source>
   <translation>Ausgabegerät</translation>
  </message>
  <message>
   <source>{} unknown</source>
   <translation>{} unbekannt</translation>
  </message>
  <message>
   <source>{} {:.1f} ms</source>
   <translation>{} {:.1f} ms</translation>
  </message>
 </context>
 <context>
  <name>ChannelPicker</name>
  <message>
   <source>Input channels</source>
   <translation>Eingangskanäle</translation>
  </message>
  <message>
   <source>Channels of the device that are taken, counted from 1</source>
   <translation>Kanäle des Geräts, die gehört werden, ab 1 gezählt</translation>
  </message>
  <message>
   <source>Output channels</source>
   <translation>Ausgangskanäle</translation>
  </message>
  <message>
   <source>Channels of the device that the mix goes to, counted from 1</source>
   <translation>Kanäle des Geräts, auf die der Mix geht, ab 1 gezählt</translation>
  </message>
 </context>
 <context>
  <name>ColourKey</name>
  <message>
   <source>Key to the colours</source>
   <translation>Legende der Farben</translation>
  </message>
  <message>
   <source>Hue: whose sound it is. Brightness: how loud it is.</source>
   <translation>Farbton: wer den Ton macht. Helligkeit: wie laut er ist.</translation>
  </message>
  <message>
   <source>accompaniment</source>
   <translation>Begleitung</translation>
  </message>
  <message>
   <source>voice</source>
   <translation>Stimme</translation>
  </message>
 </context>
 <context>
  <name>CompactStrip</name>
  <message>
   <source>output</source>
   <translation>Ausgang</translation>
  </message>
  <message>
   <source>Bypass</source>
   <translation>Bypass</translation>
  </message>
  <message>
   <source>key B</source>
   <translation>Taste B</translation>
  </message>
  <message>
   <source>Voice</source>
   <translation>Stimme</translation>
  </message>
  <message>
   <source>Music</source>
   <translation>Musik</translation>
  </message>
  <message>
   <source>key {}</source>
   <translation>Taste {}</translation>
  </message>
  <message>
   <source>Expand</source>
   <translation>Ausklappen</translation>
  </message>
  <message>
   <source>Back to the whole window (Ctrl+K)</source>
   <translation>Zurück zum ganzen Fenster (Strg+K)</translation>
  </message>
  <message>
   <source>The input is heard: drop a file here</source>
   <translation>Der Eingang ist zu hören: Datei hierher ziehen</translation>
  </message>
 </context>
 <context>
  <name>DevicePage</name>
  <message>
   <source>State of the sound</source>
   <translation>Zustand des Tons</translation>
  </message>
  <message>
   <source>From the microphone to the loudspeaker, in milliseconds</source>
   <translation>Vom Mikrofon bis zum Lautsprecher, in Millisekunden</translation>
  </message>
  <message>
   <source>Test tone</source>
   <translation>Testton</translation>
  </message>
  <message>
   <source>Play a quiet tone on the output, 440 Hz at -20 dB, to test whether it works</source>
   <translation>Einen leisen Ton auf dem Ausgang spielen, 440 Hz mit -20 dB, um ihn zu prüfen</translation>
  </message>
  <message>
   <source>Open…</source>
   <translation>Öffnen …</translation>
  </message>
  <message>
   <source>Hear music files instead of the input (Ctrl+O)</source>
   <translation>Musikdateien statt des Eingangs hören (Strg+O)</translation>
  </message>
  <message>
   <source>Folder…</source>
   <translation>Ordner …</translation>
  </message>
  <message>
   <source>Hear all music files of a folder, one after the other</source>
   <translation>Alle Musikdateien eines Ordners hören, eine nach der anderen</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>Close the file and hear the input</source>
   <translation>Die Datei schließen und den Eingang hören</translation>
  </message>
  <message>
   <source>Sample rate</source>
   <translation>Abtastrate</translation>
  </message>
  <message>
   <source>Samples per second, in Hz; at 44100 Hz nothing has to be converted</source>
   <translation>Samples je Sekunde, in Hz; bei 44100 Hz muss nichts umgerechnet werden</translation>
  </message>
  <message>
   <source>Block size</source>
   <translation>Blockgröße</translation>
  </message>
  <message>
   <source>Samples at a time: less is less latency, more is safer on a busy computer</source>
   <translation>Samples auf einmal: weniger heißt weniger Latenz, mehr ist sicherer auf einem beschäftigten Rechner</translation>
  </message>
  <message>
   <source>Stems on further outputs</source>
   <translation>Spuren auf weitere Ausgänge</translation>
  </message>
  <message>
   <source>Source and devices</source>
   <translation>Quelle und Geräte</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Modell</translation>
  </message>
  <message>
   <source>&amp;Input</source>
   <translation>&amp;Eingang</translation>
  </message>
  <message>
   <source>&amp;Output</source>
   <translation>&amp;Ausgang</translation>
  </message>
  <message>
   <source>&amp;Microphone</source>
   <translation>&amp;Mikrofon</translation>
  </message>
  <message>
   <source>&amp;File</source>
   <translation>&amp;Datei</translation>
  </message>
  <message>
   <source>&amp;Sample rate</source>
   <translation>Abtast&amp;rate</translation>
  </message>
  <message>
   <source>&amp;Block size</source>
   <translation>&amp;Blockgröße</translation>
  </message>
  <message>
   <source>The device's own</source>
   <translation>Die des Geräts</translation>
  </message>
  <message>
   <source>The system's own</source>
   <translation>Die des Systems</translation>
  </message>
  <message>
   <source>{} samples, {:.1f} ms</source>
   <translation>{} Samples, {:.1f} ms</translation>
  </message>
  <message>
   <source>The voice on outputs {}, the accompaniment on {}, before any fader</source>
   <translation>Die Stimme auf den Ausgängen {}, die Begleitung auf {}, vor allen Fadern</translation>
  </message>
  <message>
   <source>The output has no channels {} and {}: choose a device with more</source>
   <translation>Der Ausgang hat keine Kanäle {} und {}: bitte ein Gerät mit mehr Kanälen wählen</translation>
  </message>
  <message>
   <source>One moment…</source>
   <translation>Einen Moment …</translation>
  </message>
  <message>
   <source>this computer's sound</source>
   <translation>diesem Computer</translation>
  </message>
  <message>
   <source>● Sound flows from {} to {}.</source>
   <translation>● Der Ton fließt von {} nach {}.</translation>
  </message>
  <message>
   <source>▲ No sound: {}.</source>
   <translation>▲ Kein Ton: {}.</translation>
  </message>
  <message>
   <source>It starts by itself as soon as the device is there.</source>
   <translation>Er beginnt von selbst, sobald das Gerät da ist.</translation>
  </message>
  <message>
   <source>The sound engine is starting…</source>
   <translation>Die Ton-Engine startet …</translation>
  </message>
  <message>
   <source>Latency now: {total:.0f} ms (devices {devices:.0f}, network {network:.0f}, buffers {buffers:.0f})</source>
   <translation>Latenz jetzt: {total:.0f} ms (Geräte {devices:.0f}, Netz {network:.0f}, Puffer {buffers:.0f})</translation>
  </message>
  <message>
   <source>Latency now: {total:.0f} ms (devices, as measured {devices:.0f}, network {network:.0f}, buffers {buffers:.0f})</source>
   <translation>Latenz jetzt: {total:.0f} ms (Geräte, wie gemessen {devices:.0f}, Netz {network:.0f}, Puffer {buffers:.0f})</translation>
  </message>
  <message>
   <source>Latency now: {total:.0f} ms (network {network:.0f}, buffers {buffers:.0f}), and that of a device that does not report its own</source>
   <translation>Latenz jetzt: {total:.0f} ms (Netz {network:.0f}, Puffer {buffers:.0f}), dazu die eines Geräts, das seine nicht nennt</translation>
  </message>
  <message>
   <source>Choose the music</source>
   <translation>Musik wählen</translation>
  </message>
 </context>
 <context>
  <name>DevicePicker</name>
  <message>
   <source>Input device</source>
   <translation>Eingabegerät</translation>
  </message>
  <message>
   <source>Output device</source>
   <translation>Ausgabegerät</translation>
  </message>
  <message>
   <source>Where the music comes from</source>
   <translation>Woher die Musik kommt</translation>
  </message>
  <message>
   <source>Where it is heard</source>
   <translation>Wo sie zu hören ist</translation>
  </message>
  <message>
   <source>Default: {}</source>
   <translation>Standard: {}</translation>
  </message>
  <message>
   <source>Default</source>
   <translation>Standard</translation>
  </message>
  <message>
   <source>This computer's sound</source>
   <translation>Der Ton dieses Computers</translation>
  </message>
 </context>
 <context>
  <name>EngineNotices</name>
  <message>
   <source>The sound engine does not answer.</source>
   <translation>Die Ton-Engine antwortet nicht.</translation>
  </message>
  <message>
   <source>The sound engine keeps ending, so it was not restarted.</source>
   <translation>Die Ton-Engine endet immer wieder und wurde nicht mehr gestartet.</translation>
  </message>
  <message>
   <source>A sound device was lost. The sound resumes when it is back.</source>
   <translation>Ein Tongerät ist verschwunden. Der Ton geht weiter, sobald es zurück ist.</translation>
  </message>
  <message>
   <source>The sound engine ended unexpectedly and is restarted.</source>
   <translation>Die Ton-Engine ist unerwartet beendet worden und startet neu.</translation>
  </message>
  <message>
   <source>The recording continues in {}.</source>
   <translation>Die Aufnahme geht weiter in {}.</translation>
  </message>
  <message>
   <source>Feedback: the microphone is 20 dB lower. It rises again after 5 s. Turn it down, or move it away from the loudspeaker.</source>
   <translation>Rückkopplung: Das Mikrofon ist 20 dB leiser und wird nach 5 s wieder lauter. Leiser drehen oder vom Lautsprecher entfernen.</translation>
  </message>
  <message>
   <source>Raise it now</source>
   <translation>Jetzt lauter</translation>
  </message>
  <message>
   <source>A sound device was lost. The sound resumes when it is back.</source>
   <translation>Ein Tongerät ist verschwunden: der Ton geht weiter, sobald es zurück ist.</translation>
   <source>The output is silent until you press Start.</source>
   <translation>Der Ausgang bleibt bis zum Druck auf „Start“ stumm.</translation>
  </message>
  <message>
   <source>Start</source>
   <translation>Start</translation>
  </message>
  <message>
   <source>The output rises to its level, 4 dB a second.</source>
   <translation>Der Ausgang wird lauter, 4 dB in der Sekunde, bis zu seinem Pegel.</translation>
  </message>
  <message>
   <source>Feedback: the output is 20 dB lower. It rises again after 5 s. Turn it down, or move the microphone away from the loudspeaker.</source>
   <translation>Rückkopplung: Der Ausgang ist 20 dB leiser und wird nach 5 s wieder lauter. Leiser drehen oder das Mikrofon vom Lautsprecher entfernen.</translation>
  </message>
  <message>
   <source>Restart the engine</source>
   <translation>Engine neu starten</translation>
  </message>
 </context>
 <context>
  <name>EngineThread</name>
  <message>
   <source>The window lost the sound engine ({}): start livevox again.</source>
   <translation>Das Fenster hat die Ton-Engine verloren ({}): livevox bitte neu starten.</translation>
  </message>
 </context>
 <context>
  <name>Export</name>
  <message>
   <source>Export the voice and the accompaniment of this file to a folder</source>
   <translation>Stimme und Begleitung dieser Datei in einen Ordner exportieren</translation>
  </message>
  <message>
   <source>Progress of the export</source>
   <translation>Fortschritt des Exports</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Abbrechen</translation>
  </message>
  <message>
   <source>Cancel the export; the song stays open</source>
   <translation>Export abbrechen; das Stück bleibt offen</translation>
  </message>
  <message>
   <source>Export the stems to a folder</source>
   <translation>Die Spuren in einen Ordner exportieren</translation>
  </message>
  <message>
   <source>Exporting to {}</source>
   <translation>Export nach {}</translation>
  </message>
  <message>
   <source>The export was cancelled.</source>
   <translation>Der Export wurde abgebrochen.</translation>
  </message>
  <message>
   <source>The stems are in {}.</source>
   <translation>Die Spuren sind in {}.</translation>
  </message>
  <message>
   <source>Show</source>
   <translation>Zeigen</translation>
  </message>
  <message>
   <source>The export failed: {}</source>
   <translation>Der Export ist misslungen: {}</translation>
  </message>
 </context>
 <context>
  <name>FirstRun</name>
  <message>
   <source>Welcome: three choices, and you hear it</source>
   <translation>Willkommen: drei Schritte, und es erklingt</translation>
  </message>
  <message>
   <source>Test tone</source>
   <translation>Testton</translation>
  </message>
  <message>
   <source>Play a quiet tone on the output, 440 Hz at -20 dB</source>
   <translation>Einen leisen Ton auf dem Ausgang spielen, 440 Hz mit -20 dB</translation>
  </message>
  <message>
   <source>Start</source>
   <translation>Los</translation>
  </message>
  <message>
   <source>Close this guide; all of it can be changed at any time</source>
   <translation>Diese Hilfe schließen; alles lässt sich jederzeit ändern</translation>
  </message>
  <message>
   <source>Where the music comes from; or drop a file</source>
   <translation>Woher Musik kommt; oder Datei hineinziehen</translation>
  </message>
  <message>
   <source>Where it is heard</source>
   <translation>Wo sie zu hören ist</translation>
  </message>
  <message>
   <source>&amp;Input</source>
   <translation>&amp;Eingang</translation>
  </message>
  <message>
   <source>&amp;Output</source>
   <translation>&amp;Ausgang</translation>
  </message>
  <message>
   <source>Mode</source>
   <translation>Modus</translation>
  </message>
  <message>
   <source>Guide for the first run</source>
   <translation>Hilfe beim ersten Start</translation>
  </message>
  <message>
   <source>● Ready. Start makes it heard: softly, then louder.</source>
   <translation>● Bereit. Nach „Start“ ist es zu hören, erst leise, dann lauter.</translation>
  </message>
  <message>
   <source>▲ No sound yet: {}</source>
   <translation>▲ Noch kein Ton: {}</translation>
  </message>
  <message>
   <source>The sound engine is starting…</source>
   <translation>Die Ton-Engine startet …</translation>
  </message>
  <message>
   <source>What is heard</source>
   <translation>Was zu hören ist</translation>
  </message>
 </context>
 <context>
  <name>FrequencyAxis</name>
  <message>
   <source>{} kHz</source>
   <translation>{} kHz</translation>
  </message>
 </context>
 <context>
  <name>Header</name>
  <message>
   <source>Mix</source>
   <translation>Mix</translation>
  </message>
  <message>
   <source>What is heard, and the mix</source>
   <translation>Was zu hören ist, und der Mix</translation>
  </message>
  <message>
   <source>Source</source>
   <translation>Quelle</translation>
  </message>
  <message>
   <source>Devices, files and models</source>
   <translation>Geräte, Dateien und Modelle</translation>
  </message>
  <message>
   <source>MIDI</source>
   <translation>MIDI</translation>
  </message>
  <message>
   <source>MIDI controllers</source>
   <translation>MIDI-Controller</translation>
  </message>
  <message>
   <source>{} (Ctrl+{})</source>
   <translation>{} (Strg+{})</translation>
  </message>
 </context>
 <context>
  <name>Lamp</name>
  <message>
   <source>Singing</source>
   <translation>Gesang</translation>
  </message>
  <message>
   <source>Shines while somebody sings: the probability of singing, 0 to 100 %, is above the threshold</source>
   <translation>Leuchtet, solange jemand singt: die Wahrscheinlichkeit von Gesang, 0 bis 100 %, liegt über der Schwelle</translation>
  </message>
  <message>
   <source>singing</source>
   <translation>Gesang</translation>
  </message>
  <message>
   <source>no singing</source>
   <translation>kein Gesang</translation>
  </message>
  <message>
   <source>sings</source>
   <translation>singt</translation>
  </message>
  <message>
   <source>silent</source>
   <translation>still</translation>
  </message>
 </context>
 <context>
  <name>LearnMode</name>
  <message>
   <source>Learn mode: click a control, then move a knob or press a button.</source>
   <translation>Lernmodus: ein Bedienelement anklicken, dann einen Regler bewegen oder einen Knopf drücken.</translation>
  </message>
  <message>
   <source>End</source>
   <translation>Ende</translation>
  </message>
 </context>
 <context>
  <name>Light</name>
  <message>
   <source>MIDI activity</source>
   <translation>MIDI-Aktivität</translation>
  </message>
  <message>
   <source>{} MIDI messages so far</source>
   <translation>{} MIDI-Nachrichten bisher</translation>
  </message>
 </context>
 <context>
  <name>LyricsPanel</name>
  <message>
   <source>Lyrics on a screen of their own (key L)</source>
   <translation>Liedtext auf eigenem Bildschirm (Taste L)</translation>
  </message>
 </context>
 <context>
  <name>LyricsScreen</name>
  <message>
   <source>livevox lyrics</source>
   <translation>livevox Liedtext</translation>
  </message>
  <message>
   <source>No song is open</source>
   <translation>Kein Lied ist geöffnet</translation>
  </message>
  <message>
   <source>No lyrics: {}</source>
   <translation>Kein Liedtext: {}</translation>
  </message>
 </context>
 <context>
  <name>LyricsView</name>
  <message>
   <source>Lyrics</source>
   <translation>Liedtext</translation>
  </message>
 </context>
 <context>
  <name>MenuButton</name>
  <message>
   <source>Undo</source>
   <translation>Rückgängig</translation>
  </message>
  <message>
   <source>Redo</source>
   <translation>Wiederholen</translation>
  </message>
  <message>
   <source>Compact strip (Ctrl+K)</source>
   <translation>Kleine Leiste (Strg+K)</translation>
  </message>
  <message>
   <source>Lyrics on a screen of their own (L)</source>
   <translation>Liedtext auf eigenem Bildschirm (L)</translation>
  </message>
  <message>
   <source>Export the stems of the file…</source>
   <translation>Spuren der Datei exportieren …</translation>
  </message>
  <message>
   <source>Theme</source>
   <translation>Farben</translation>
  </message>
  <message>
   <source>As the system</source>
   <translation>Wie das System</translation>
  </message>
  <message>
   <source>Dark</source>
   <translation>Dunkel</translation>
  </message>
  <message>
   <source>Light</source>
   <translation>Hell</translation>
  </message>
  <message>
   <source>Restart the sound engine</source>
   <translation>Die Ton-Engine neu starten</translation>
  </message>
  <message>
   <source>Keyboard shortcuts (F1)</source>
   <translation>Tastenkürzel (F1)</translation>
  </message>
  <message>
   <source>Quit (Ctrl+Q)</source>
   <translation>Beenden (Strg+Q)</translation>
  </message>
  <message>
   <source>Menu</source>
   <translation>Menü</translation>
  </message>
  <message>
   <source>Undo, theme, compact strip, shortcuts (F10)</source>
   <translation>Rückgängig, Farben, kleine Leiste, Tastenkürzel (F10)</translation>
  </message>
 </context>
 <context>
  <name>Meter</name>
  <message>
   <source>Level of {}</source>
   <translation>Pegel: {}</translation>
  </message>
  <message>
   <source>{}: peak level, -60 to +6 dB of full scale; the lamp on top means clipping, a click puts it out</source>
   <translation>{}: Spitzenpegel, -60 bis +6 dB der Vollaussteuerung; die Lampe oben zeigt Übersteuerung, ein Klick löscht sie</translation>
  </message>
 </context>
 <context>
  <name>MicChannelPicker</name>
  <message>
   <source>Channel of the microphone</source>
   <translation>Kanal des Mikrofons</translation>
  </message>
  <message>
   <source>The channel that you sing into, counted from 1; two are two microphones</source>
   <translation>Der Kanal des Gesangs, von 1 an gezählt; zwei sind zwei Mikrofone</translation>
  </message>
  <message>
   <source>Off</source>
   <translation>Aus</translation>
  </message>
 </context>
 <context>
  <name>MicPicker</name>
  <message>
   <source>Microphone</source>
   <translation>Mikrofon</translation>
  </message>
  <message>
   <source>The device that you sing into</source>
   <translation>Das Gerät, in das gesungen wird</translation>
  </message>
  <message>
   <source>As the input</source>
   <translation>Wie der Eingang</translation>
  </message>
 </context>
 <context>
  <name>MicStrip</name>
  <message>
   <source>microphone</source>
   <translation>Mikrofon</translation>
  </message>
  <message>
   <source>key N</source>
   <translation>Taste N</translation>
  </message>
  <message>
   <source>Mic</source>
   <translation>Mikro</translation>
  </message>
  <message>
   <source>Latency of the microphone: {:.0f} ms</source>
   <translation>Latenz des Mikrofons: {:.0f} ms</translation>
  </message>
 </context>
 <context>
  <name>MidiLearning</name>
  <message>
   <source>What shall be moved</source>
   <translation>Was bewegt werden soll</translation>
  </message>
  <message>
   <source>The parameter or preset that a MIDI control shall move</source>
   <translation>Der Parameter oder das Preset, das ein MIDI-Regler bewegen soll</translation>
  </message>
  <message>
   <source>Learn</source>
   <translation>Lernen</translation>
  </message>
  <message>
   <source>Then move the knob, fader or button that shall move this</source>
   <translation>Danach den Regler, Fader oder Knopf bewegen, der dies bewegen soll</translation>
  </message>
  <message>
   <source>Learn by clicking</source>
   <translation>Per Klick lernen</translation>
  </message>
  <message>
   <source>Click any control in the window, then move a knob; Escape ends this (Ctrl+L)</source>
   <translation>Ein Bedienelement im Fenster anklicken, dann einen Regler bewegen; Escape beendet dies (Strg+L)</translation>
  </message>
  <message>
   <source>&amp;Control</source>
   <translation>&amp;Steuern</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Abbrechen</translation>
  </message>
  <message>
   <source>Now press a button, or move a knob or fader for a second, for “{}”. Turn an endless knob to the right and back.</source>
   <translation>Jetzt für „{}“ eine Taste drücken oder einen Regler eine Sekunde lang bewegen, einen Endlosregler nach rechts und zurück.</translation>
  </message>
  <message>
   <source>Nothing is mapped yet: choose a control, press Learn, and move a knob.</source>
   <translation>Noch ist nichts zugeordnet: ein Ziel wählen, Lernen drücken und einen Regler bewegen.</translation>
  </message>
 </context>
 <context>
  <name>MidiMappings</name>
  <message>
   <source>{} (preset)</source>
   <translation>{} (Preset)</translation>
  </message>
  <message>
   <source>CC {} (14 bits)</source>
   <translation>CC {} (14 Bit)</translation>
  </message>
  <message>
   <source>Endless knob, CC {}</source>
   <translation>Endlosregler, CC {}</translation>
  </message>
  <message>
   <source>Pitch bend</source>
   <translation>Pitch-Bend</translation>
  </message>
  <message>
   <source>NRPN {} (14 bits)</source>
   <translation>NRPN {} (14 Bit)</translation>
  </message>
  <message>
   <source>Note {}</source>
   <translation>Note {}</translation>
  </message>
  <message>
   <source>Program {}</source>
   <translation>Programm {}</translation>
  </message>
  <message>
   <source>{}, channel {}</source>
   <translation>{}, Kanal {}</translation>
  </message>
  <message>
   <source>MIDI control</source>
   <translation>MIDI-Regler</translation>
  </message>
  <message>
   <source>moves</source>
   <translation>bewegt</translation>
  </message>
  <message>
   <source>range</source>
   <translation>Bereich</translation>
  </message>
  <message>
   <source>how</source>
   <translation>wie</translation>
  </message>
  <message>
   <source>Mappings</source>
   <translation>Zuordnungen</translation>
  </message>
  <message>
   <source>Choose a line to change or delete it</source>
   <translation>Eine Zeile wählen, um sie zu ändern oder zu löschen</translation>
  </message>
  <message>
   <source>From</source>
   <translation>Von</translation>
  </message>
  <message>
   <source>Value with the control at its bottom</source>
   <translation>Wert am unteren Ende des Reglers</translation>
  </message>
  <message>
   <source>To</source>
   <translation>Bis</translation>
  </message>
  <message>
   <source>Value with the control at its top</source>
   <translation>Wert am oberen Ende des Reglers</translation>
  </message>
  <message>
   <source>linear</source>
   <translation>linear</translation>
  </message>
  <message>
   <source>by ratios</source>
   <translation>nach Verhältnis</translation>
  </message>
  <message>
   <source>Curve</source>
   <translation>Kurve</translation>
  </message>
  <message>
   <source>By ratios: equal ways are equal ratios, which suits times; both ends above 0</source>
   <translation>Nach Verhältnis: gleiche Wege sind gleiche Verhältnisse, gut für Zeiten; beide Enden über 0</translation>
  </message>
  <message>
   <source>each press switches</source>
   <translation>jeder Druck schaltet um</translation>
  </message>
  <message>
   <source>on while pressed</source>
   <translation>an, solange gedrückt</translation>
  </message>
  <message>
   <source>Button</source>
   <translation>Knopf</translation>
  </message>
  <message>
   <source>Whether each press switches, or it is on while pressed</source>
   <translation>Ob jeder Druck umschaltet oder nur gilt, solange gedrückt ist</translation>
  </message>
  <message>
   <source>from 1</source>
   <translation>ab 1</translation>
  </message>
  <message>
   <source>from 0</source>
   <translation>ab 0</translation>
  </message>
  <message>
   <source>My device counts programs</source>
   <translation>Mein Gerät zählt Programme</translation>
  </message>
  <message>
   <source>How your device numbers its programs; in MIDI the first one is 0</source>
   <translation>Wie das Gerät seine Programme nummeriert; in MIDI ist das erste 0</translation>
  </message>
  <message>
   <source>Delete mapping</source>
   <translation>Zuordnung löschen</translation>
  </message>
  <message>
   <source>Delete this mapping (Delete)</source>
   <translation>Diese Zuordnung löschen (Entf)</translation>
  </message>
  <message>
   <source>F&amp;rom</source>
   <translation>V&amp;on</translation>
  </message>
  <message>
   <source>&amp;to</source>
   <translation>&amp;bis</translation>
  </message>
  <message>
   <source>My device counts &amp;programs</source>
   <translation>Mein Gerät zählt &amp;Programme</translation>
  </message>
  <message>
   <source>loads it</source>
   <translation>lädt es</translation>
  </message>
  <message>
   <source>silence</source>
   <translation>Stille</translation>
  </message>
 </context>
 <context>
  <name>MidiPage</name>
  <message>
   <source>MIDI</source>
   <translation>MIDI</translation>
  </message>
 </context>
 <context>
  <name>MidiPorts</name>
  <message>
   <source>MIDI system</source>
   <translation>MIDI-System</translation>
  </message>
  <message>
   <source>The part of the system that carries MIDI</source>
   <translation>Der Teil des Systems, über den MIDI läuft</translation>
  </message>
  <message>
   <source>Automatic</source>
   <translation>Automatisch</translation>
  </message>
  <message>
   <source>MIDI</source>
   <translation>MIDI</translation>
  </message>
  <message>
   <source>&amp;Listen to</source>
   <translation>&amp;Hören auf</translation>
  </message>
  <message>
   <source>Inputs whose knobs and keys count</source>
   <translation>Eingänge, deren Regler und Tasten gelten</translation>
  </message>
  <message>
   <source>&amp;Show values on</source>
   <translation>&amp;Werte zeigen auf</translation>
  </message>
  <message>
   <source>Outputs whose motor faders and lights follow the parameters</source>
   <translation>Ausgänge, deren Motorfader und Lichter den Parametern folgen</translation>
  </message>
  <message>
   <source>on {}</source>
   <translation>über {}</translation>
  </message>
  <message>
   <source>no MIDI system is there</source>
   <translation>kein MIDI-System vorhanden</translation>
  </message>
 </context>
 <context>
  <name>MixPage</name>
  <message>
   <source>10 s ago</source>
   <translation>vor 10 s</translation>
  </message>
  <message>
   <source>now</source>
   <translation>jetzt</translation>
  </message>
  <message>
   <source>The sound engine starts …</source>
   <translation>Die Ton-Engine startet …</translation>
  </message>
  <message>
   <source>Waiting for the sound devices.</source>
   <translation>Warten auf die Tongeräte.</translation>
  </message>
  <message>
   <source>The sound engine has ended.</source>
   <translation>Die Ton-Engine ist beendet.</translation>
  </message>
  <message>
   <source>The sound engine does not answer.</source>
   <translation>Die Ton-Engine antwortet nicht.</translation>
  </message>
 </context>
 <context>
  <name>Mixer</name>
  <message>
   <source>input</source>
   <translation>Eingang</translation>
  </message>
  <message>
   <source>voice</source>
   <translation>Stimme</translation>
  </message>
  <message>
   <source>accompaniment</source>
   <translation>Begleitung</translation>
  </message>
  <message>
   <source>output</source>
   <translation>Ausgang</translation>
  </message>
  <message>
   <source>Bypass</source>
   <translation>Bypass</translation>
  </message>
  <message>
   <source>key B</source>
   <translation>Taste B</translation>
  </message>
  <message>
   <source>In</source>
   <translation>Ein</translation>
  </message>
  <message>
   <source>key M</source>
   <translation>Taste M</translation>
  </message>
  <message>
   <source>key S</source>
   <translation>Taste S</translation>
  </message>
  <message>
   <source>Voice</source>
   <translation>Stimme</translation>
  </message>
  <message>
   <source>Shift+M</source>
   <translation>Umschalt+M</translation>
  </message>
  <message>
   <source>Shift+S</source>
   <translation>Umschalt+S</translation>
  </message>
  <message>
   <source>Music</source>
   <translation>Musik</translation>
  </message>
  <message>
   <source>Output</source>
   <translation>Ausgang</translation>
  </message>
  <message>
   <source>Key and tempo</source>
   <translation>Tonart und Tempo</translation>
  </message>
  <message>
   <source>Show or hide key and tempo of the music (key K)</source>
   <translation>Tonart und Tempo der Musik zeigen oder verbergen (Taste K)</translation>
  </message>
  <message>
   <source>Gate and ducking</source>
   <translation>Gate und Ducking</translation>
  </message>
  <message>
   <source>Show or hide what the singing itself controls (key G)</source>
   <translation>Zeigen oder verbergen, was der Gesang selbst steuert (Taste G)</translation>
  </message>
  <message>
   <source>Microphone</source>
   <translation>Mikrofon</translation>
  </message>
  <message>
   <source>Show or hide the effects of the microphone</source>
   <translation>Die Effekte des Mikrofons zeigen oder verbergen</translation>
  </message>
  <message>
   <source>Dry</source>
   <translation>Dry</translation>
  </message>
  <message>
   <source>Wet</source>
   <translation>Wet</translation>
  </message>
 </context>
 <context>
  <name>ModeBar</name>
  <message>
   <source>{}: {} (key {})</source>
   <translation>{}: {} (Taste {})</translation>
  </message>
  <message>
   <source>Mode {}</source>
   <translation>Modus {}</translation>
  </message>
 </context>
 <context>
  <name>ModePicker</name>
  <message>
   <source>A mix of your own</source>
   <translation>Eigene Mischung</translation>
  </message>
  <message>
   <source>Mode</source>
   <translation>Modus</translation>
  </message>
  <message>
   <source>What is heard (keys 1 to {})</source>
   <translation>Was zu hören ist (Tasten 1 bis {})</translation>
  </message>
 </context>
 <context>
  <name>ModelList</name>
  <message>
   <source>Looking which models there are…</source>
   <translation>Suche nach Modellen …</translation>
  </message>
  <message>
   <source>Use the model {}; the sound stops for a moment</source>
   <translation>Das Modell {} verwenden; der Ton setzt kurz aus</translation>
  </message>
  <message>
   <source>Latency of the network, in milliseconds</source>
   <translation>Latenz des Netzes, in Millisekunden</translation>
  </message>
  <message>
   <source>for singing along: the least latency</source>
   <translation>zum Mitsingen: die geringste Latenz</translation>
  </message>
  <message>
   <source>for the stage and for singing along</source>
   <translation>für die Bühne und zum Mitsingen</translation>
  </message>
  <message>
   <source>for listening: too late to sing along</source>
   <translation>zum Zuhören: zu spät zum Mitsingen</translation>
  </message>
 </context>
 <context>
  <name>NamedPicker</name>
  <message>
   <source>Missing: {}</source>
   <translation>Fehlt: {}</translation>
  </message>
 </context>
 <context>
  <name>OscPanel</name>
  <message>
   <source>OSC</source>
   <translation>OSC</translation>
  </message>
  <message>
   <source>Tablets and other programs</source>
   <translation>Tablets und andere Programme</translation>
  </message>
  <message>
   <source>Off, nothing listens and nothing is sent</source>
   <translation>Aus: Nichts wird empfangen und nichts gesendet</translation>
  </message>
  <message>
   <source>Listen at &amp;port</source>
   <translation>Empfangen am &amp;Port</translation>
  </message>
  <message>
   <source>9000 listens on this computer only, 0.0.0.0:9000 on the network</source>
   <translation>9000 empfängt nur auf diesem Computer, 0.0.0.0:9000 im Netz</translation>
  </message>
  <message>
   <source>Send changes &amp;to</source>
   <translation>Änderungen senden &amp;an</translation>
  </message>
  <message>
   <source>Such as 192.168.1.20:9001; several with spaces between them</source>
   <translation>Etwa 192.168.1.20:9001; mehrere mit Leerzeichen dazwischen</translation>
  </message>
 </context>
 <context>
  <name>PlayButton</name>
  <message>
   <source>Pause (Space)</source>
   <translation>Anhalten (Leertaste)</translation>
  </message>
  <message>
   <source>Play (Space)</source>
   <translation>Abspielen (Leertaste)</translation>
  </message>
 </context>
 <context>
  <name>PortList</name>
  <message>
   <source>{} (not connected)</source>
   <translation>{} (nicht verbunden)</translation>
  </message>
  <message>
   <source>None is connected</source>
   <translation>Keiner ist verbunden</translation>
  </message>
 </context>
 <context>
  <name>PresetBar</name>
  <message>
   <source>Preset</source>
   <translation>Preset</translation>
  </message>
  <message>
   <source>No preset</source>
   <translation>Kein Preset</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>Speichern</translation>
  </message>
  <message>
   <source>Save the changes in this preset (Ctrl+S)</source>
   <translation>Die Änderungen in diesem Preset speichern (Strg+S)</translation>
  </message>
  <message>
   <source>More about presets: save as, rename, revert, delete</source>
   <translation>Mehr zu Presets: speichern unter, umbenennen, zurücksetzen, löschen</translation>
  </message>
  <message>
   <source>More about presets</source>
   <translation>Mehr zu Presets</translation>
  </message>
  <message>
   <source>Save as…</source>
   <translation>Speichern unter …</translation>
  </message>
  <message>
   <source>Rename…</source>
   <translation>Umbenennen …</translation>
  </message>
  <message>
   <source>Revert to saved</source>
   <translation>Auf gespeicherten Stand zurück</translation>
  </message>
  <message>
   <source>Delete…</source>
   <translation>Löschen …</translation>
  </message>
  <message>
   <source>Presets</source>
   <translation>Presets</translation>
  </message>
  <message>
   <source>changed since it was saved</source>
   <translation>geändert seit dem Speichern</translation>
  </message>
  <message>
   <source>as it was saved</source>
   <translation>wie gespeichert</translation>
  </message>
  <message>
   <source>Preset: {}</source>
   <translation>Preset: {}</translation>
  </message>
  <message>
   <source>Save as</source>
   <translation>Speichern unter</translation>
  </message>
  <message>
   <source>New name</source>
   <translation>Neuer Name</translation>
  </message>
  <message>
   <source>Rename</source>
   <translation>Umbenennen</translation>
  </message>
  <message>
   <source>Delete “{}”?</source>
   <translation>„{}“ löschen?</translation>
  </message>
  <message>
   <source>Delete</source>
   <translation>Löschen</translation>
  </message>
 </context>
 <context>
  <name>Question</name>
  <message>
   <source>Leave everything as it is (Escape)</source>
   <translation>Alles lassen, wie es ist (Escape)</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Abbrechen</translation>
  </message>
 </context>
 <context>
  <name>QueueList</name>
  <message>
   <source>Queue</source>
   <translation>Warteschlange</translation>
  </message>
  <message>
   <source>Drag songs to put them in order, or drop files here to add them.
Keys: Return plays a song, Del takes it away, Alt+↑ and Alt+↓ move it.</source>
   <translation>Lieder ziehen ordnet sie, Dateien hier ablegen fügt sie hinzu.
Tasten: Eingabe spielt ein Lied, Entf nimmt es heraus, Alt+↑ und Alt+↓ verschieben es.</translation>
  </message>
  <message>
   <source>{} (plays)</source>
   <translation>{} (spielt)</translation>
  </message>
  <message>
   <source>{} (can't be played)</source>
   <translation>{} (nicht abspielbar)</translation>
  </message>
 </context>
 <context>
  <name>QueuePanel</name>
  <message>
   <source>Queue</source>
   <translation>Warteschlange</translation>
  </message>
  <message>
   <source>Add…</source>
   <translation>Hinzufügen…</translation>
  </message>
  <message>
   <source>Add music files to the queue</source>
   <translation>Musikdateien zur Warteschlange hinzufügen</translation>
  </message>
  <message>
   <source>Folder…</source>
   <translation>Ordner…</translation>
  </message>
  <message>
   <source>Add all music files of a folder to the queue</source>
   <translation>Alle Musikdateien eines Ordners zur Warteschlange hinzufügen</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Entfernen</translation>
  </message>
  <message>
   <source>Take the selected songs out of the queue (Del)</source>
   <translation>Die gewählten Lieder aus der Warteschlange nehmen (Entf)</translation>
  </message>
  <message>
   <source>Add music to the queue</source>
   <translation>Musik zur Warteschlange hinzufügen</translation>
  </message>
 </context>
 <context>
  <name>RecordingBar</name>
  <message>
   <source>Record</source>
   <translation>Aufnehmen</translation>
  </message>
  <message>
   <source>Recorded time</source>
   <translation>Aufgenommene Zeit</translation>
  </message>
  <message>
   <source>Recorded time, minutes and seconds</source>
   <translation>Aufgenommene Zeit, Minuten und Sekunden</translation>
  </message>
  <message>
   <source>Time that the disk has left</source>
   <translation>Zeit, die auf der Platte bleibt</translation>
  </message>
  <message>
   <source>Folder of the recordings</source>
   <translation>Ordner der Aufnahmen</translation>
  </message>
  <message>
   <source>Choose another folder…</source>
   <translation>Anderen Ordner wählen …</translation>
  </message>
  <message>
   <source>Show the recordings</source>
   <translation>Aufnahmen zeigen</translation>
  </message>
  <message>
   <source>Recording</source>
   <translation>Aufnahme</translation>
  </message>
  <message>
   <source>Recordings go to {}</source>
   <translation>Aufnahmen kommen nach {}</translation>
  </message>
  <message>
   <source>{} left</source>
   <translation>noch {}</translation>
  </message>
  <message>
   <source>The disk has room for {:.0f} more minutes</source>
   <translation>Auf der Platte ist Platz für {:.0f} weitere Minuten</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>Stopp</translation>
  </message>
  <message>
   <source>End the recording (R)</source>
   <translation>Aufnahme beenden (R)</translation>
  </message>
  <message>
   <source>Record the input, both stems, the mix and the detected singing (R)</source>
   <translation>Eingang, beide Spuren, Mix und erkannten Gesang aufnehmen (R)</translation>
  </message>
  <message>
   <source>&gt; 1 day</source>
   <translation>&gt; 1 Tag</translation>
  </message>
  <message>
   <source>{:.0f} h</source>
   <translation>{:.0f} h</translation>
  </message>
  <message>
   <source>{:.0f} min</source>
   <translation>{:.0f} min</translation>
  </message>
  <message>
   <source>{:.0f} s</source>
   <translation>{:.0f} s</translation>
  </message>
 </context>
 <context>
  <name>ShortcutSheet</name>
  <message>
   <source>Keyboard shortcuts</source>
   <translation>Tastenkürzel</translation>
  </message>
  <message>
   <source>Keyboard</source>
   <translation>Tastatur</translation>
  </message>
 </context>
 <context>
  <name>SongLyrics</name>
  <message>
   <source>No lyrics: {}</source>
   <translation>Kein Liedtext: {}</translation>
  </message>
 </context>
 <context>
  <name>SongTime</name>
  <message>
   <source>Time in the file and its length</source>
   <translation>Zeit in der Datei und ihre Länge</translation>
  </message>
  <message>
   <source>Time in the file and its length, minutes and seconds</source>
   <translation>Zeit in der Datei und ihre Länge, Minuten und Sekunden</translation>
  </message>
 </context>
 <context>
  <name>Spectrogram</name>
  <message>
   <source>Spectrogram</source>
   <translation>Spektrogramm</translation>
  </message>
  <message>
   <source>What was heard in the last 10 s, 50 Hz to 10 kHz: orange is voice, blue is accompaniment, brighter is louder</source>
   <translation>Was in den letzten 10 s zu hören war, 50 Hz bis 10 kHz: Orange ist Stimme, Blau ist Begleitung, heller ist lauter</translation>
  </message>
 </context>
 <context>
  <name>StatusBar</name>
  <message>
   <source>Latency from microphone to loudspeaker in ms; open it by stage (key D)</source>
   <translation>Latenz vom Mikrofon bis zum Lautsprecher in ms; nach Stufen ausklappen (Taste D)</translation>
  </message>
  <message>
   <source>Latency</source>
   <translation>Latenz</translation>
  </message>
  <message>
   <source>Share of its time that the separation works, in per cent; 100 % is too much</source>
   <translation>Anteil der Zeit, in der die Trennung arbeitet, in Prozent; 100 % ist zu viel</translation>
  </message>
  <message>
   <source>Xruns: blocks of sound that the devices lost. Late: blocks played as they came in, because separating them took too long.</source>
   <translation>Xruns: Tonblöcke, die die Geräte verloren haben. Spät: Blöcke, die wie empfangen erklangen, weil ihre Trennung zu lange dauerte.</translation>
  </message>
  <message>
   <source>starting</source>
   <translation>startet</translation>
  </message>
  <message>
   <source>waiting for devices</source>
   <translation>wartet auf Geräte</translation>
  </message>
  <message>
   <source>running</source>
   <translation>läuft</translation>
  </message>
  <message>
   <source>engine ended</source>
   <translation>Engine beendet</translation>
  </message>
  <message>
   <source>engine does not answer</source>
   <translation>Engine antwortet nicht</translation>
  </message>
  <message>
   <source>Model {} on {}</source>
   <translation>Modell {} auf {}</translation>
  </message>
  <message>
   <source>The network and the execution provider that runs it</source>
   <translation>Das Netz, und was es ausführt</translation>
  </message>
  <message>
   <source>Load {:.0f} %</source>
   <translation>Last {:.0f} %</translation>
  </message>
  <message>
   <source>Xruns {}, late {}</source>
   <translation>Xruns {}, spät {}</translation>
  </message>
  <message>
   <source>Latency {} ms</source>
   <translation>Latenz {} ms</translation>
  </message>
 </context>
 <context>
  <name>TransportBar</name>
  <message>
   <source>Open music files (Ctrl+O)</source>
   <translation>Musikdateien öffnen (Strg+O)</translation>
  </message>
  <message>
   <source>Previous file, or the start of this one</source>
   <translation>Vorige Datei, oder Anfang dieser</translation>
  </message>
  <message>
   <source>Next file of the queue</source>
   <translation>Nächste Datei der Warteschlange</translation>
  </message>
  <message>
   <source>Show the queue</source>
   <translation>Warteschlange zeigen</translation>
  </message>
  <message>
   <source>No file is open: drop one here</source>
   <translation>Keine Datei ist offen: eine hierher ziehen</translation>
  </message>
  <message>
   <source>End the loop (Escape)</source>
   <translation>Schleife beenden (Escape)</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>File player</source>
   <translation>Dateispieler</translation>
  </message>
  <message>
   <source>Open music files</source>
   <translation>Musikdateien öffnen</translation>
  </message>
  <message>
   <source>Pause first, then close the file and hear the input</source>
   <translation>Erst anhalten, dann die Datei schließen und den Eingang hören</translation>
  </message>
  <message>
   <source>Close the file and hear the input</source>
   <translation>Die Datei schließen und den Eingang hören</translation>
  </message>
  <message>
   <source>Reading the file…</source>
   <translation>Die Datei wird gelesen …</translation>
  </message>
 </context>
 <context>
  <name>ViewModel</name>
  <message>
   <source>Preset {}</source>
   <translation>Preset {}</translation>
  </message>
 </context>
 <context>
  <name>Waveform</name>
  <message>
   <source>Place in the file</source>
   <translation>Stelle in der Datei</translation>
  </message>
  <message>
   <source>Click to go there, drag to repeat a part.
Keys: ← → 5 s, Page Up and Page Down 30 s, Home and End, [ and ] begin and end a loop here, Escape ends the loop.</source>
   <translation>Klicken, um dorthin zu springen; ziehen, um einen Teil zu wiederholen.
Tasten: ← → 5 s, Bild auf und ab 30 s, Pos1 und Ende, [ und ] beginnen und beenden hier eine Schleife, Escape beendet die Schleife.</translation>
  </message>
  <message>
   <source>{} of {}</source>
   <translation>{} von {}</translation>
  </message>
 </context>
 <context>
  <name>WindowKeys</name>
  <message>
   <source>Mix</source>
   <translation>Mix</translation>
  </message>
  <message>
   <source>Sound</source>
   <translation>Ton</translation>
  </message>
  <message>
   <source>Window</source>
   <translation>Fenster</translation>
  </message>
  <message>
   <source>Presets and MIDI</source>
   <translation>Presets und MIDI</translation>
  </message>
  <message>
   <source>Play or pause the file</source>
   <translation>Datei abspielen oder anhalten</translation>
  </message>
  <message>
   <source>Record, or stop recording</source>
   <translation>Aufnahme starten, beenden</translation>
  </message>
  <message>
   <source>Open a music file</source>
   <translation>Eine Musikdatei öffnen</translation>
  </message>
  <message>
   <source>Bypass</source>
   <translation>Bypass</translation>
  </message>
  <message>
   <source>Mute the voice</source>
   <translation>Stimme stumm</translation>
  </message>
  <message>
   <source>Solo the voice</source>
   <translation>Stimme solo</translation>
  </message>
  <message>
   <source>Mute the music</source>
   <translation>Musik stumm</translation>
  </message>
  <message>
   <source>Solo the music</source>
   <translation>Musik solo</translation>
  </message>
  <message>
   <source>Mute the microphone</source>
   <translation>Mikrofon stumm schalten</translation>
  </message>
  <message>
   <source>Go to the voice fader</source>
   <translation>Zum Fader der Stimme</translation>
  </message>
  <message>
   <source>Go to the music fader</source>
   <translation>Zum Fader der Musik</translation>
  </message>
  <message>
   <source>Go to the output fader</source>
   <translation>Zum Fader des Ausgangs</translation>
  </message>
  <message>
   <source>Gate and ducking</source>
   <translation>Gate und Ducking</translation>
  </message>
  <message>
   <source>Key and tempo</source>
   <translation>Tonart und Tempo</translation>
  </message>
  <message>
   <source>Save the preset</source>
   <translation>Preset speichern</translation>
  </message>
  <message>
   <source>MIDI learn mode, on or off</source>
   <translation>MIDI lernen, an oder aus</translation>
  </message>
  <message>
   <source>Latency by stage</source>
   <translation>Latenz nach Stufen</translation>
  </message>
  <message>
   <source>Compact strip</source>
   <translation>Kleine Leiste</translation>
  </message>
  <message>
   <source>Lyrics on a screen of their own</source>
   <translation>Liedtext auf eigenem Bildschirm</translation>
  </message>
  <message>
   <source>Dark or light theme</source>
   <translation>Dunkle oder helle Farben</translation>
  </message>
  <message>
   <source>Dismiss the notice</source>
   <translation>Meldung schließen</translation>
  </message>
  <message>
   <source>Menu</source>
   <translation>Menü</translation>
  </message>
  <message>
   <source>This sheet</source>
   <translation>Diese Übersicht</translation>
  </message>
  <message>
   <source>Quit</source>
   <translation>Beenden</translation>
  </message>
  <message>
   <source>A fader with the focus</source>
   <translation>Fader mit dem Fokus</translation>
  </message>
  <message>
   <source>The modes, from left to right</source>
   <translation>Die Modi, von links nach rechts</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Rückgängig</translation>
  </message>
  <message>
   <source>Redo</source>
   <translation>Wiederholen</translation>
  </message>
  <message>
   <source>Mix, source, MIDI</source>
   <translation>Mix, Quelle, MIDI</translation>
  </message>
  <message>
   <source>Half a dB up, down</source>
   <translation>Ein halbes dB auf, ab</translation>
  </message>
  <message>
   <source>Page ↑ ↓</source>
   <translation>Bild ↑ ↓</translation>
  </message>
  <message>
   <source>3 dB up, down</source>
   <translation>3 dB auf, ab</translation>
  </message>
  <message>
   <source>Default</source>
   <translation>Standard</translation>
  </message>
  <message>
   <source>Top, bottom</source>
   <translation>Ganz oben, ganz unten</translation>
  </message>
  <message>
   <source>Shift+drag</source>
   <translation>Umschalt+Ziehen</translation>
  </message>
  <message>
   <source>Finely</source>
   <translation>Fein</translation>
  </message>
  <message>
   <source>Press the focused button</source>
   <translation>Fokussierten Knopf drücken</translation>
  </message>
 </context>
 <context>
  <name>_Line</name>
  <message>
   <source>Error</source>
   <translation>Fehler</translation>
  </message>
  <message>
   <source>Warning</source>
   <translation>Warnung</translation>
  </message>
  <message>
   <source>Note</source>
   <translation>Hinweis</translation>
  </message>
  <message>
   <source>Dismiss</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>Take this notice away (Esc)</source>
   <translation>Diese Meldung schließen (Esc)</translation>
  </message>
 </context>
 <context>
  <name>app</name>
  <message>
   <source>The songs of the queue are missing. Connect their disk and start livevox again, or open other songs.</source>
   <translation>Die Lieder der Warteschlange fehlen. Bitte den Datenträger anschließen und livevox neu starten, oder andere Lieder öffnen.</translation>
  </message>
 </context>
 <context>
  <name>controls</name>
  <message>
   <source>double-click for {}</source>
   <translation>Doppelklick für {}</translation>
  </message>
 </context>
 <context>
  <name>modes</name>
  <message>
   <source>Karaoke</source>
   <translation>Karaoke</translation>
  </message>
  <message>
   <source>the music without the voice, to sing to</source>
   <translation>die Musik ohne die Stimme, zum Singen</translation>
  </message>
  <message>
   <source>Guide voice</source>
   <translation>Leitstimme</translation>
  </message>
  <message>
   <source>the voice 12 dB down, to sing along with</source>
   <translation>die Stimme um 12 dB leiser, zum Mitsingen</translation>
  </message>
  <message>
   <source>A cappella</source>
   <translation>A cappella</translation>
  </message>
  <message>
   <source>the voice without the music</source>
   <translation>die Stimme ohne die Musik</translation>
  </message>
  <message>
   <source>Rehearsal</source>
   <translation>Probe</translation>
  </message>
  <message>
   <source>the music 12 dB down, to learn what the voice sings</source>
   <translation>die Musik um 12 dB leiser, um zu lernen, was die Stimme singt</translation>
  </message>
  <message>
   <source>Original</source>
   <translation>Original</translation>
  </message>
  <message>
   <source>everything as it came in; the display shows where somebody sings</source>
   <translation>alles, wie es ankommt; die Anzeige sagt, wo jemand singt</translation>
  </message>
 </context>
 <context>
  <name>parameters</name>
  <message>
   <source>Voice</source>
   <translation>Stimme</translation>
  </message>
  <message>
   <source>gain of the voice; the bottom is silence</source>
   <translation>Verstärkung der Stimme; ganz unten ist Stille</translation>
  </message>
  <message>
   <source>Mute voice</source>
   <translation>Stimme stumm</translation>
  </message>
  <message>
   <source>silences the voice</source>
   <translation>schaltet die Stimme stumm</translation>
  </message>
  <message>
   <source>Solo voice</source>
   <translation>Stimme solo</translation>
  </message>
  <message>
   <source>the voice alone</source>
   <translation>die Stimme allein</translation>
  </message>
  <message>
   <source>Accompaniment</source>
   <translation>Begleitung</translation>
  </message>
  <message>
   <source>gain of the music; the bottom is silence</source>
   <translation>Verstärkung der Musik; ganz unten ist Stille</translation>
  </message>
  <message>
   <source>Mute music</source>
   <translation>Musik stumm</translation>
  </message>
  <message>
   <source>silences the accompaniment</source>
   <translation>schaltet die Begleitung stumm</translation>
  </message>
  <message>
   <source>Solo music</source>
   <translation>Musik solo</translation>
  </message>
  <message>
   <source>the accompaniment alone</source>
   <translation>die Begleitung allein</translation>
  </message>
  <message>
   <source>Output</source>
   <translation>Ausgang</translation>
  </message>
  <message>
   <source>gain of everything that is heard</source>
   <translation>Verstärkung von allem, was zu hören ist</translation>
  </message>
  <message>
   <source>Dry/wet</source>
   <translation>Dry/Wet</translation>
  </message>
  <message>
   <source>0 is the input in this key, 1 is the mix</source>
   <translation>0 ist der Eingang in dieser Tonart, 1 ist der Mix</translation>
  </message>
  <message>
   <source>Bypass</source>
   <translation>Bypass</translation>
  </message>
  <message>
   <source>the input in this key, as late as the mix</source>
   <translation>der Eingang in dieser Tonart, so spät wie der Mix</translation>
  </message>
  <message>
   <source>Gate</source>
   <translation>Gate</translation>
  </message>
  <message>
   <source>less voice while nobody sings</source>
   <translation>weniger Stimme, solange niemand singt</translation>
  </message>
  <message>
   <source>Threshold</source>
   <translation>Schwelle</translation>
  </message>
  <message>
   <source>probability that opens the gate</source>
   <translation>Wahrscheinlichkeit, die das Gate öffnet</translation>
  </message>
  <message>
   <source>Attack</source>
   <translation>Attack</translation>
  </message>
  <message>
   <source>time to open the gate</source>
   <translation>Zeit, in der das Gate öffnet</translation>
  </message>
  <message>
   <source>Release</source>
   <translation>Release</translation>
  </message>
  <message>
   <source>time to close the gate</source>
   <translation>Zeit, in der das Gate schließt</translation>
  </message>
  <message>
   <source>Duck</source>
   <translation>Ducking</translation>
  </message>
  <message>
   <source>less music while somebody sings</source>
   <translation>weniger Musik, solange jemand singt</translation>
  </message>
  <message>
   <source>Key</source>
   <translation>Tonart</translation>
  </message>
  <message>
   <source>pitch of voice and music</source>
   <translation>Tonhöhe von Stimme und Musik</translation>
  </message>
  <message>
   <source>Tempo</source>
   <translation>Tempo</translation>
  </message>
  <message>
   <source>of songs; the key stays</source>
   <translation>der Lieder; die Tonart bleibt</translation>
  </message>
  <message>
   <source>Microphone</source>
   <translation>Mikrofon</translation>
  </message>
  <message>
   <source>gain of the microphone; the bottom is silence</source>
   <translation>Pegel des Mikrofons; ganz unten ist Stille</translation>
  </message>
  <message>
   <source>Mute microphone</source>
   <translation>Mikrofon stumm</translation>
  </message>
  <message>
   <source>silences the microphone; its echo fades away</source>
   <translation>schaltet das Mikrofon stumm; sein Echo klingt aus</translation>
  </message>
  <message>
   <source>Low-cut</source>
   <translation>Trittschall</translation>
  </message>
  <message>
   <source>takes off what is lower</source>
   <translation>nimmt weg, was tiefer ist</translation>
  </message>
  <message>
   <source>Mic gate</source>
   <translation>Mikro-Gate</translation>
  </message>
  <message>
   <source>silences what is quieter; the bottom is off</source>
   <translation>macht stumm, was leiser ist; ganz unten ist aus</translation>
  </message>
  <message>
   <source>Echo</source>
   <translation>Echo</translation>
  </message>
  <message>
   <source>level of the echo</source>
   <translation>Pegel des Echos</translation>
  </message>
  <message>
   <source>Echo time</source>
   <translation>Echozeit</translation>
  </message>
  <message>
   <source>time between the echoes</source>
   <translation>Zeit zwischen den Echos</translation>
  </message>
  <message>
   <source>Reverb</source>
   <translation>Hall</translation>
  </message>
  <message>
   <source>level of the reverb</source>
   <translation>Pegel des Halls</translation>
  </message>
  <message>
   <source>Limit</source>
   <translation>Begrenzer</translation>
  </message>
  <message>
   <source>the microphone is never louder</source>
   <translation>lauter wird das Mikrofon nie</translation>
  </message>
 </context>
 <context>
  <name>scales</name>
  <message>
   <source>st</source>
   <translation>HT</translation>
  </message>
  <message>
   <source>off</source>
   <translation>aus</translation>
  </message>
  <message>
   <source>on</source>
   <translation>an</translation>
  </message>
 </context>
</TS>
