"""What the native API tells of models, and of the user who asks: lists, types, compute."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from clarifai_grpc.grpc.api import resources_pb2, service_pb2

from helpers.mock import catalogue
from helpers.mock.errors import BAD_REQUEST_FORMAT, DOES_NOT_EXIST, ApiError
from helpers.mock.gateway import known_model
from helpers.mock.native import Message
from helpers.mock.native.signatures import TYPES, message, model_type
from helpers.models import ModelRef

_MOST_MODELS = 128
"""How many models a page has unless the request says so, as in the description of the call."""

_OLDER_IDS = {"aaa03c23b3724a16a56b629203edc62c": "general-image-recognition"}
"""What Clarifai's own models were called before, which its examples and tests still use."""

# assumed(me): the request's own user, who in the mock is whoever has a key.
_USER = "simulated-user"


def asked(request: Message) -> catalogue.Model:
    """The model that a request names; without an owner, one of Clarifai's own is meant."""
    ids, model_id = request.user_app_id, request.model_id
    if model_id in _OLDER_IDS:
        return known_model(ModelRef("clarifai", "main", _OLDER_IDS[model_id]))
    user, app = (ids.user_id, ids.app_id) if ids.user_id or ids.app_id else ("clarifai", "main")
    return known_model(ModelRef(user, app, model_id, request.version_id or None))


def get_model(request: Message) -> Message:
    return service_pb2.SingleModelResponse(model=message(asked(request)))


def get_model_version(request: Message) -> Message:
    # assumed(latest-version): without an id it is the latest version, as in every other call.
    version = message(asked(request)).model_version
    version.id = request.version_id or version.id
    return service_pb2.SingleModelVersionResponse(model_version=version)


def list_model_versions(request: Message) -> Message:
    ids = request.user_app_id
    model = known_model(ModelRef(ids.user_id, ids.app_id, request.model_id))
    versions = [message(model).model_version]
    return service_pb2.MultiModelVersionResponse(model_versions=_page(versions, request))


def get_model_type(request: Message) -> Message:
    if request.model_type_id not in TYPES:
        there = ", ".join(sorted(TYPES))
        details = f"There is no model type {request.model_type_id!r}; there are: {there}."
        raise ApiError(DOES_NOT_EXIST, details)
    return service_pb2.SingleModelTypeResponse(model_type=_type(request.model_type_id))


def list_model_types(request: Message) -> Message:
    types = map(_type, sorted(TYPES))
    return service_pb2.MultiModelTypeResponse(model_types=_page(types, request))


def _type(type_id: str) -> Message:
    return resources_pb2.ModelType(id=type_id, **TYPES[type_id])


# --- the list of models, and its filters ---


def list_models(request: Message) -> Message:
    for name in _UNKNOWN:
        if getattr(request, name):
            details = f"The mock does not know this of its models: leave {name} out."
            raise ApiError(BAD_REQUEST_FORMAT, details)
    found = [
        model
        for model in catalogue.MODELS
        if all(fits(model, request) for name, fits in _FILTERS.items() if _is_set(request, name))
    ]
    if request.featured_only:
        found.sort(key=lambda model: model.featured_order or 0)
    if request.sort_by_name:
        found.sort(key=lambda model: model.ref.model_id, reverse=not request.sort_ascending)
    return service_pb2.MultiModelResponse(models=map(message, _page(found, request)))


def _is_set(request: Message, name: str) -> bool:
    return request.HasField(name) if name == "user_app_id" else bool(getattr(request, name))


def _page(found: Iterable[Message], request: Message) -> list[Message]:
    size = request.per_page or _MOST_MODELS
    start = (max(request.page, 1) - 1) * size
    return list(found)[start : start + size]


def _owned(model: catalogue.Model, request: Message) -> bool:
    ids = request.user_app_id
    return ids.user_id in ("", model.ref.user_id) and ids.app_id in ("", model.ref.app_id)


def _words(model: catalogue.Model) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", model.ref.name.lower())) | model.use_cases


def _searched(model: catalogue.Model, request: Message) -> bool:
    """Whether each keyword is the beginning of a word."""
    wanted = re.findall(r"[a-z0-9]+", request.search.lower())
    return all(any(word.startswith(start) for word in _words(model)) for start in wanted)


def _queried(model: catalogue.Model, request: Message) -> bool:
    """Whether all words of one of the alternatives are there, and none with a minus before it."""
    return any(
        all(
            set(re.findall(r"[a-z0-9]+", phrase)).issubset(_words(model)) != phrase.startswith("-")
            for phrase in alternative.lower().split()
        )
        for alternative in re.split(r"\bOR\b", request.query)
    )


def _named(model: catalogue.Model, request: Message) -> bool:
    names = [model.ref.model_id, *([model.ref.user_id] if request.filter_by_user_id else [])]
    return any(fnmatchcase(name.lower(), request.name.lower()) for name in names)


def _share(model: catalogue.Model, request: Message, fields: str) -> bool:
    """Whether the model's type has one of the fields that are asked for."""
    return not set(TYPES[model_type(model)][fields]).isdisjoint(getattr(request, fields))


_Fits = Callable[[catalogue.Model, Message], bool]
_FILTERS: dict[str, _Fits] = {
    "user_app_id": _owned,
    "model_type_id": lambda model, request: model_type(model) == request.model_type_id,
    "featured_only": lambda model, request: model.featured_order is not None,
    # assumed(search-by-any): a model that has one of the use cases, or takes one of the inputs, is
    # meant.
    "use_cases": lambda model, request: not model.use_cases.isdisjoint(request.use_cases),
    "input_fields": lambda model, request: _share(model, request, "input_fields"),
    "output_fields": lambda model, request: _share(model, request, "output_fields"),
    "model_version_ids": lambda model, request: (
        message(model).model_version.id in request.model_version_ids
    ),
    "creator": lambda model, request: request.creator.lower() == model.vendor.company.lower(),
    "search": _searched,
    "query": _queried,
    "name": _named,
    # Nobody has marked any model of the mock.
    "starred_only": lambda model, request: False,
    "bookmark": lambda model, request: False,
}
"""Each filter of the list, and whether a model fits it."""
_UNKNOWN = ("toolkits", "languages", "license", "license_type", "source", "min_replicas")


# --- the user, and compute of the user's own ---


def get_user(request: Message) -> Message:
    user_id = request.user_app_id.user_id
    user_id = _USER if user_id in ("", "me") else user_id
    return service_pb2.SingleUserResponse(user=resources_pb2.User(id=user_id))


# assumed(deployments): in the mock every deployment and node pool exists, so that code that selects
# one can be tried; all of them answer alike.


def get_deployment(request: Message) -> Message:
    deployment = resources_pb2.Deployment(
        id=request.deployment_id,
        user_id=request.user_app_id.user_id,
        description="Simulated: the mock has no compute, and answers alike for every deployment.",
    )
    return service_pb2.SingleDeploymentResponse(deployment=deployment)


def get_nodepool(request: Message) -> Message:
    nodepool = resources_pb2.Nodepool(
        id=request.nodepool_id,
        description="Simulated: the mock has no compute, and answers alike for every node pool.",
    )
    nodepool.compute_cluster.id = request.compute_cluster_id
    nodepool.compute_cluster.user_id = request.user_app_id.user_id
    return service_pb2.SingleNodepoolResponse(nodepool=nodepool)
