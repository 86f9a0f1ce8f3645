"""Operations: what could not be said is put before the operators, who decide; what goes wrong is told them,
with the next step and within a budget."""
