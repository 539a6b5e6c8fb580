"""Questions and orders about the keychain, and how it answers."""

from typing import Any

from custom_components.tesla_direct.tesla.proto import keys_pb2, vcsec_pb2

from ..keychain import Key, Keychain, KeychainIsFull

# Operations that put a key on the chain, or give it another role.
ADDING = frozenset(
    {
        "addPublicKeyToWhitelist",
        "addKeyToWhitelistAndAddPermissions",
        "addPermissionsToPublicKey",
        "updateKeyAndPermissions",
        "addImpermanentKey",
    }
)
INFO = vcsec_pb2.WhitelistOperation_information_E


def operate(chain: Keychain, signer: Key, operation: vcsec_pb2.WhitelistOperation) -> bytes:
    """Change the keychain; return the answer, which says how it went."""
    information = _changed(chain, signer, operation)
    failed = information != vcsec_pb2.WHITELISTOPERATION_INFORMATION_NONE
    status = vcsec_pb2.OPERATIONSTATUS_ERROR if failed else vcsec_pb2.OPERATIONSTATUS_OK
    outcome = vcsec_pb2.WhitelistOperation_status(
        whitelistOperationInformation=information,
        signerOfOperation=vcsec_pb2.KeyIdentifier(publicKeySHA1=signer.short),
        operationStatus=status,
    )
    return vcsec_pb2.FromVCSECMessage(
        commandStatus=vcsec_pb2.CommandStatus(operationStatus=status, whitelistOperationStatus=outcome)
    ).SerializeToString()


def _changed(chain: Keychain, signer: Key, operation: vcsec_pb2.WhitelistOperation) -> Any:
    """Carry out an operation; return what there is to say of it."""
    member = operation.WhichOneof("sub_message")
    if member == "removePublicKeyFromWhitelist":
        return _removed(chain, signer, operation.removePublicKeyFromWhitelist.PublicKeyRaw)
    if member not in ADDING:
        return vcsec_pb2.WHITELISTOPERATION_INFORMATION_UNDOCUMENTED_ERROR
    if signer.role != keys_pb2.ROLE_OWNER:
        return vcsec_pb2.WHITELISTOPERATION_INFORMATION_NO_PERMISSION_TO_ADD
    bare = member == "addPublicKeyToWhitelist"
    change = getattr(operation, member)
    public, role = (change.PublicKeyRaw, 0) if bare else (change.key.PublicKeyRaw, change.keyRole)
    return _added(chain, public, role, operation.metadataForKey.keyFormFactor)


def _added(chain: Keychain, public: bytes, role: int, form: int) -> Any:
    if role == keys_pb2.ROLE_NONE:
        return vcsec_pb2.WHITELISTOPERATION_INFORMATION_ATTEMPTING_TO_ADD_KEY_WITHOUT_ROLE
    if role == keys_pb2.ROLE_SERVICE:
        return vcsec_pb2.WHITELISTOPERATION_INFORMATION_ATTEMPTING_TO_ADD_KEY_WITH_SERVICE_ROLE
    there = chain.get(public)
    try:
        chain.add(public, role, form or (there.form if there else vcsec_pb2.KEY_FORM_FACTOR_UNKNOWN))
    except KeychainIsFull:
        return vcsec_pb2.WHITELISTOPERATION_INFORMATION_WHITELIST_FULL
    except ValueError:
        return vcsec_pb2.WHITELISTOPERATION_INFORMATION_INVALID_PUBLIC_KEY
    return vcsec_pb2.WHITELISTOPERATION_INFORMATION_NONE


def _removed(chain: Keychain, signer: Key, public: bytes) -> Any:
    if public == signer.public:
        return vcsec_pb2.WHITELISTOPERATION_INFORMATION_NO_PERMISSION_TO_REMOVE_ONESELF
    key = chain.get(public)
    if key is None:
        return vcsec_pb2.WHITELISTOPERATION_INFORMATION_PUBLIC_KEY_NOT_ON_WHITELIST
    by_service = signer.role == keys_pb2.ROLE_SERVICE and key.role != keys_pb2.ROLE_OWNER
    if signer.role != keys_pb2.ROLE_OWNER and not by_service:
        return vcsec_pb2.WHITELISTOPERATION_INFORMATION_NO_PERMISSION_TO_REMOVE
    chain.remove(public)
    return vcsec_pb2.WHITELISTOPERATION_INFORMATION_NONE


def listed(chain: Keychain) -> bytes:
    """List the chain: how many keys, in which slots, with which ids."""
    info = vcsec_pb2.WhitelistInfo(
        numberOfEntries=len(chain),
        whitelistEntries=[vcsec_pb2.KeyIdentifier(publicKeySHA1=key.short) for key in chain],
        slotMask=sum(1 << key.slot for key in chain),
    )
    return vcsec_pb2.FromVCSECMessage(whitelistInfo=info).SerializeToString()


def entry(chain: Keychain, request: vcsec_pb2.InformationRequest) -> bytes:
    """Tell all about one key, named by slot, by id or by itself; nothing about one that is not there."""
    match request.WhichOneof("key"):
        case "publicKey":
            key = chain.get(request.publicKey)
        case "keyId":
            key = next((one for one in chain if one.short == request.keyId.publicKeySHA1), None)
        case _:
            key = chain.at(request.slot)
    if key is None:
        return vcsec_pb2.FromVCSECMessage().SerializeToString()
    info = vcsec_pb2.WhitelistEntryInfo(
        keyId=vcsec_pb2.KeyIdentifier(publicKeySHA1=key.short),
        publicKey=vcsec_pb2.PublicKey(PublicKeyRaw=key.public),
        metadataForKey=vcsec_pb2.KeyMetadata(),
        slot=key.slot,
    )
    # Any numbers are legal here; the stub takes the named ones alone.
    info.metadataForKey.keyFormFactor = key.form  # type: ignore[assignment]
    info.keyRole = key.role  # type: ignore[assignment]
    return vcsec_pb2.FromVCSECMessage(whitelistEntryInfo=info).SerializeToString()
