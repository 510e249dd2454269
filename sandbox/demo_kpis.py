"""Who answers for which KPI of the company, and where its targets are not the shipped ones."""

KPIS_TOML = """\
# Owners of the KPIs, and targets that are not the shipped ones.

[kpi.feature_lead_time]
owner = "Dario Mensah"

[kpi.platform_adoption]
owner = "Tomasz Adeyemi"

[kpi.evaluation_coverage]
owner = "Yuki Lindqvist"

[kpi.experiment_velocity]
owner = "Yuki Lindqvist"

[kpi.team_health]
owner = "Lucía Farrow"

[kpi.hiring]
owner = "Lucía Farrow"
target = "<= 75"

[kpi.incident_rate]
owner = "Solveig Ahmadi"

[kpi.mttd]
owner = "Solveig Ahmadi"

[kpi.mttr]
owner = "Solveig Ahmadi"

[kpi.slo_attainment]
owner = "Solveig Ahmadi"

[kpi.quality_score]
owner = "Ines Okafor"
target = ">= 3"

[kpi.safety_violation_rate]
owner = "Rafael Nkemelu"

[kpi.rollback_rate]
owner = "Dario Mensah"

[kpi.customer_defects]
owner = "Ines Okafor"

[kpi.evidence_readiness]
owner = "Rafael Nkemelu"

[kpi.stakeholder_satisfaction]
owner = "Ines Okafor"

[kpi.unit_cost]
owner = "Hanna Petrov"

[kpi.budget_variance]
owner = "Hanna Petrov"
"""
