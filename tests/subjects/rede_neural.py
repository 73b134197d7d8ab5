# Rede neural com uma camada oculta (trabalho de IA)
import numpy as np

class RedeNeural:
	def __init__(self, entradas, ocultos, saidas, taxa):
		np.random.seed(17)
		self.taxa = taxa
		self.pesosOculta = np.random.uniform(-1, 1, (entradas, ocultos))
		self.biasOculta = np.random.uniform(-1, 1, (1, ocultos))
		self.pesosSaida = np.random.uniform(-1, 1, (ocultos, saidas))
		self.biasSaida = np.random.uniform(-1, 1, (1, saidas))

	def sigmoide(self, x):
		return 1.0 / (1.0 + np.exp(-x))

	def sigmoideDerivada(self, x):
		return x * (1.0 - x)

	def alimentar(self, entrada):
		self.oculta = self.sigmoide(np.dot(entrada, self.pesosOculta) + self.biasOculta)
		self.saida = self.sigmoide(np.dot(self.oculta, self.pesosSaida) + self.biasSaida)
		return self.saida

	def treinar(self, entrada, esperado, epocas):
		for epoca in range(epocas):
			self.alimentar(entrada)
			erro = esperado - self.saida
			deltaSaida = erro * self.sigmoideDerivada(self.saida)
			deltaOculta = np.dot(deltaSaida, self.pesosSaida.T)

			self.pesosSaida += self.taxa * np.dot(self.oculta.T, deltaSaida)
			self.biasSaida += self.taxa * np.sum(deltaSaida, axis=0, keepdims=True)
			self.pesosOculta += self.taxa * np.dot(entrada.T, deltaOculta)
			self.biasOculta += self.taxa * np.sum(deltaOculta, axis=0, keepdims=True)

			if epoca % 1000 == 0:
				print("Epoca %d erro %.5f" % (epoca, np.mean(np.abs(erro))))
