"""The words a ticket is labelled with. One word, one meaning."""

from enum import StrEnum


class Kind(StrEnum):
    """What sort of request it is (故障, 咨询, 数据修正, 需求变更, 服务请求, 培训)."""

    FAULT = "fault"
    CONSULT = "consult"
    DATA_FIX = "data_fix"
    CHANGE = "change"
    SERVICE = "service"
    TRAINING = "training"


class Priority(StrEnum):
    """紧急, 高, 中, 低."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


PRIORITY_ORDER = (Priority.CRITICAL, Priority.HIGH, Priority.MEDIUM, Priority.LOW)


class Scope(StrEnum):
    """影响范围."""

    HOSPITAL = "hospital"
    DEPARTMENT = "department"
    WORKSTATION = "workstation"


class Severity(StrEnum):
    """严重程度."""

    DOWN = "down"
    DEGRADED = "degraded"
    MINOR = "minor"


class Intent(StrEnum):
    """What the writer wants."""

    REPORT = "report"
    QUERY = "query"
    URGE = "urge"
    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    ME_TOO = "me_too"
    CHAT = "chat"


class Role(StrEnum):
    """What a person may do. A person may have several."""

    CLINICIAN = "clinician"
    ENGINEER = "engineer"
    LEAD = "lead"
    PROVIDER_MANAGER = "provider_manager"
    DEPARTMENT_HEAD = "department_head"
    HOSPITAL_MANAGER = "hospital_manager"
    ADMINISTRATOR = "administrator"


class Side(StrEnum):
    """甲方 is the hospital, 乙方 the provider."""

    HOSPITAL = "hospital"
    PROVIDER = "provider"


class Window(StrEnum):
    """Whether a report fell into the service window; decided once, by its instant."""

    ONSITE = "onsite"
    OFFSITE = "offsite"
