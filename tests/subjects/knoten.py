# Neuronales Netz mit Knoten und Verbindungen, ganz ohne numpy
import math, random

class Verbindung:
    def __init__(self, von, nach):
        self.von, self.nach = von, nach
        self.gewicht = random.uniform(-1.0, 1.0)

class Knoten:
    def __init__(self):
        self.eingang, self.ausgang = [], []
        self.wert = 0.0
        self.fehler = 0.0
        self.schwelle = random.uniform(-1.0, 1.0)

    def aktivieren(self):
        summe = self.schwelle + sum(v.gewicht * v.von.wert for v in self.eingang)
        self.wert = math.tanh(summe)

    def ableitung(self):
        return 1.0 - self.wert ** 2

class Netz:
    def __init__(self, groessen, lernrate):
        self.lernrate = lernrate
        self.schichten = [[Knoten() for _ in range(n)] for n in groessen]
        for unten, oben in zip(self.schichten, self.schichten[1:]):
            for a in unten:
                for b in oben:
                    v = Verbindung(a, b)
                    a.ausgang.append(v)
                    b.eingang.append(v)

    def vorwaerts(self, muster):
        for knoten, x in zip(self.schichten[0], muster):
            knoten.wert = x
        for schicht in self.schichten[1:]:
            for knoten in schicht:
                knoten.aktivieren()
        return [k.wert for k in self.schichten[-1]]

    def lernen(self, muster, soll):
        self.vorwaerts(muster)
        for knoten, t in zip(self.schichten[-1], soll):
            knoten.fehler = (t - knoten.wert) * knoten.ableitung()
        for schicht in reversed(self.schichten[1:]):
            for knoten in schicht:
                if knoten.ausgang:
                    knoten.fehler = sum(v.gewicht * v.nach.fehler for v in knoten.ausgang) * knoten.ableitung()
                for v in knoten.eingang:
                    v.gewicht += self.lernrate * knoten.fehler * v.von.wert
                knoten.schwelle += self.lernrate * knoten.fehler

    def gesamtfehler(self, daten):
        return sum((t - y) ** 2 for x, soll in daten for t, y in zip(soll, self.vorwaerts(x)))

if __name__ == '__main__':
    random.seed(4)
    daten = [((-1, -1), (-0.9,)), ((-1, 1), (0.9,)), ((1, -1), (0.9,)), ((1, 1), (-0.9,))]
    netz = Netz([2, 4, 1], 0.1)
    for runde in range(400):
        for muster, soll in daten:
            netz.lernen(muster, soll)
        if runde % 100 == 0:
            print('Runde', runde, 'Fehler', netz.gesamtfehler(daten))
    print('Fehler am Ende', netz.gesamtfehler(daten))
